// Images smaller than their place are enlarged to fill it when they are loaded; the editor then shrinks that place for its
// buttons and keeps the zoom, which cuts off the edges. This fits them again, unless somebody has begun to work.

const LOOK_AFTER_MS = [100, 250, 500, 1000, 2000];
const TOUCHES = ['pointerdown', 'wheel', 'keydown'];

function fit(image) {
    if (image.type !== 'image' || image.defaultzoom !== 'fit' || !(image.naturalWidth > 1)) return;
    if (Math.abs(image.currentZoom - image.maxScale) > 0.001) image.sizeToFit();
}

// objects()  what the annotation on screen shows
export function fitImages(objects) {
    const timers = LOOK_AFTER_MS.map((ms) => setTimeout(() => objects().forEach(fit), ms));
    const stop = () => timers.forEach(clearTimeout);
    for (const name of TOUCHES) document.addEventListener(name, stop, { capture: true, once: true, passive: true });
}
