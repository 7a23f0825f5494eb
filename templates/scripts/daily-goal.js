// Shows how far one is today, in this project and this browser.
const goal = 40;

const key = `daily-goal:${DM.project.id}:${Htx.user.id}:${new Date().toLocaleDateString()}`;
const done = () => Number(localStorage.getItem(key) ?? 0);

document.getElementById('daily-goal')?.remove();
const strip = Object.assign(document.createElement('p'), { id: 'daily-goal' });
document.querySelector('.lsf-main-view__annotation').append(strip);
const show = () => { strip.textContent = done() < goal ? `${done()} of ${goal} today` : `${done()} today: the goal is reached`; };

show();
LSI.on('submitAnnotation', () => {
    localStorage.setItem(key, done() + 1);
    show();
});
