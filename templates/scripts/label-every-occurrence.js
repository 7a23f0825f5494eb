// Marking a word labels every other place where the same word stands. Undo takes them away again.
const object = 'text';
const control = 'label';
const text = LSI.task.data.text;

function places(word) {
    const found = [];
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) found.push(at);
    return found;
}

function repeat(annotation, region) {
    if (LSI.annotation !== annotation) return;
    const word = region.text, labels = [...region.labels];
    const taken = annotation.regionStore.regions.map((other) => other.startOffset);
    const results = places(word).filter((start) => !taken.includes(start)).map((start) => ({
        from_name: control, to_name: object, type: 'labels', origin: 'manual',
        value: { start, end: start + word.length, text: word, labels },
    }));
    if (!results.length) return;
    annotation.deserializeResults(results); // as they stand in an export
    annotation.updateObjects();
}

LSI.on('entityCreate', (region) => {
    if (!region.labeling || !region.text) return;
    const { annotation } = LSI;
    setTimeout(() => repeat(annotation, region)); // after the editor has done its part
});
