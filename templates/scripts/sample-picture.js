// A click on a label shows how such a thing looks: a picture below the task, from the addresses in the task.
const pictures = LSI.task.data.samples;

const place = document.querySelector('.lsf-main-view__annotation');
document.getElementById('sample-picture')?.remove(); // of the annotation before
const picture = Object.assign(document.createElement('img'), { id: 'sample-picture', alt: '', hidden: true });
picture.style.maxHeight = '160px';
place.append(picture);

place.addEventListener('click', ({ target }) => {
    const label = target.closest('.lsf-label_clickable')?.querySelector('.lsf-label__text').textContent;
    if (!pictures[label]) return;
    Object.assign(picture, { src: pictures[label], alt: `An example of ${label}`, hidden: false });
});
