// Who submits faster than anybody reads is asked to look again. The second try passes.
const text = LSI.task.data.text;
const wordsPerSecond = 6;

const needed = text.split(/\s+/).length / wordsPerSecond;
const opened = Date.now();
let asked = false;

LSI.on('beforeSaveAnnotation', () => {
    const seconds = (Date.now() - opened) / 1000;
    if (asked || seconds >= needed) return;
    asked = true;
    Htx.showModal(`That was quick: ${Math.round(seconds)} of the ${Math.round(needed)} seconds that this text takes to read. Submit again if you are sure.`, 'info');
    return false;
});
