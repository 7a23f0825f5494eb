// A click that slipped makes a box that nobody can see: boxes below a size are taken away at once.
const least = 0.1; // per cent of the picture

LSI.on('entityCreate', (region) => {
    if (region.type !== 'rectangleregion') return;
    const { annotation } = LSI, { width, height } = region.serialize().value;
    if (width * height / 100 >= least) return;
    setTimeout(() => { // after the editor has done its part
        if (LSI.annotation === annotation) annotation.deleteRegion(region);
    });
});
