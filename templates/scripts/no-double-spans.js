// Two spans with the same label must not share a word.
LSI.on('beforeSaveAnnotation', (store, annotation) => {
    const spans = annotation.regionStore.regions.filter((region) => region.globalOffsets);
    for (const [i, one] of spans.entries()) {
        const other = spans.slice(i + 1).find((it) => it.labelName === one.labelName
            && it.globalOffsets.start < one.globalOffsets.end && one.globalOffsets.start < it.globalOffsets.end);
        if (!other) continue;
        annotation.selectArea(other);
        Htx.showModal(`“${one.text}” and “${other.text}” are both ${one.labelName} and overlap.`, 'warning');
        return false;
    }
});
