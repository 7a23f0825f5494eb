// Every region needs its own choice; the first one without is selected, so that the choice is at hand.
const control = 'certainty';

LSI.on('beforeSaveAnnotation', (store, annotation) => {
    const answered = (region) => region.results.some((result) => result.from_name.name === control);
    const open = annotation.regionStore.regions.find((region) => !answered(region));
    if (!open) return;
    annotation.selectArea(open);
    Htx.showModal(`“${open.labelName}” has no ${control} yet. It is selected now.`, 'warning');
    return false;
});
