// video[data-film]: a still of the film once it comes into sight. Nothing is loaded before.
const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    target.preload = "metadata";
    target.src = `${target.dataset.film}#t=0.5`;
  }
}, { rootMargin: "100px" });

function look() {
  for (const film of document.querySelectorAll("video[data-film]:not([src])")) seen.observe(film);
}

document.addEventListener("dm:show", look);
look();
