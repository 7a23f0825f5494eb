// One of the choices asks for words: who rejects says why.
const control = 'verdict';
const choice = 'Reject';
const area = 'reason';

LSI.on('beforeSaveAnnotation', (store, annotation) => {
    const values = (name) => annotation.results.filter((result) => result.from_name.name === name).flatMap((result) => [...result.mainValue]);
    if (!values(control).includes(choice) || values(area).join('').trim()) return;
    Htx.showModal(`Say in “${area}” why you chose “${choice}”.`, 'warning');
    return false;
});
