// Saving waits until the text in one text area is short enough.
const area = 'summary';
const most = 25;

LSI.on('beforeSaveAnnotation', (store, annotation) => {
    const texts = annotation.results.filter((result) => result.from_name.name === area).flatMap((result) => [...result.mainValue]);
    const words = texts.join(' ').split(/\s+/).filter(Boolean).length;
    if (words <= most) return;
    Htx.showModal(`The summary has ${words} words; ${most} are allowed.`, 'warning');
    return false;
});
