// Reminds after a while that a task may be skipped.
const minutes = 5;

clearTimeout(window.timeReminder); // timers outlive the annotation: the one before is stopped
document.getElementById('time-reminder')?.remove();
const { annotation } = LSI;

window.timeReminder = setTimeout(() => {
    if (LSI.annotation !== annotation) return;
    const note = Object.assign(document.createElement('p'), { id: 'time-reminder' });
    note.textContent = `${minutes} minutes on this task. If it is unclear, skip it and say why.`;
    document.querySelector('.lsf-main-view__annotation').prepend(note);
}, minutes * 60_000);
