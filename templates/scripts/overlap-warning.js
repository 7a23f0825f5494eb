// Tells at once when a new box lies over another one by more than half of the smaller of the two. Saving stays possible.
const most = 0.5;

const box = (region) => region.serialize().value;
const shared = (from, length, other, otherLength) => Math.max(0, Math.min(from + length, other + otherLength) - Math.max(from, other));

function overlap(a, b) {
    const area = shared(a.x, a.width, b.x, b.width) * shared(a.y, a.height, b.y, b.height);
    return area / Math.min(a.width * a.height, b.width * b.height);
}

LSI.on('entityCreate', (region) => {
    if (region.type !== 'rectangleregion') return;
    const others = LSI.annotation.regionStore.regions.filter((other) => other !== region && other.type === region.type);
    const over = others.find((other) => overlap(box(region), box(other)) > most);
    if (over) Htx.showModal(`This box covers “${over.labelName}” by more than half. Is it another object?`, 'info');
});
