// Counts the labels that were given, below the task.
const place = document.querySelector('.lsf-main-view__annotation');
document.getElementById('label-tally')?.remove(); // of the annotation before
const tally = Object.assign(document.createElement('p'), { id: 'label-tally' });
place.append(tally);

function show() {
    const counts = new Map();
    for (const label of LSI.annotation.regionStore.regions.flatMap((region) => [...region.labels])) {
        counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    tally.textContent = [...counts].map(([label, count]) => `${label}: ${count}`).join(' · ') || 'Nothing is labelled yet.';
}

show();
for (const event of ['entityCreate', 'entityDelete']) LSI.on(event, () => setTimeout(show)); // after the editor has done its part
