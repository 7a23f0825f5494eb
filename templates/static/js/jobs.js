// Work in the background of the project: its progress follows the server's, and what ends is said with a way to see the result.
import { toast } from './toast.js';

const EVERY_MS = 2000;
const box = document.querySelector('[data-jobs]');
const said = box.querySelector('[data-said]');
const count = new Intl.NumberFormat('en-US');

async function read(path) {
    const response = await fetch(box.dataset.jobs + path, { headers: { Accept: 'application/json' }, credentials: 'same-origin',
        signal: AbortSignal.timeout(30_000) });
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
}

function show(row, job) {
    const done = count.format(job.done ?? 0);
    const bar = row.querySelector('progress');
    if (job.total) {
        bar.max = job.total;
        bar.value = job.done ?? 0;
    } else {
        bar.removeAttribute('value'); // it goes on, nobody knows how far
    }
    const rate = job.rate && job.rate >= 1 ? `, ${count.format(Math.round(job.rate))} per second` : '';
    row.querySelector('[data-progress]').textContent = job.state === 'waiting' ? 'waits'
        : `${job.total ? `${done} of ${count.format(job.total)}` : `${done} so far`}${rate}`;
}

// A failure says why; everything else what came of it.
function tell(job) {
    if (job.state === 'failed') toast(`${job.title} failed. ${job.error ?? ''}`, 'bad');
    else toast(job.state === 'cancelled' ? `${job.title}: stopped.` : `${job.title}: ${job.result?.detail ?? 'done'}.`);
}

async function end(row) {
    const title = row.querySelector('strong').textContent;
    row.remove();
    try {
        tell(await read(`${row.dataset.job}/`));
    } catch {
        toast(`${title}: done.`);
    }
    const again = document.createElement('a');
    again.href = location.href;
    again.textContent = 'Show the page as it is now';
    said.replaceChildren(again);
}

async function look() {
    const jobs = new Map((await read('')).map((job) => [String(job.id), job]));
    for (const row of box.querySelectorAll('[data-job]')) {
        const job = jobs.get(row.dataset.job);
        if (job) show(row, job);
        else await end(row);
    }
}

async function follow() {
    if (!document.hidden) await look().catch(() => {}); // the server is away: look again later
    if (box.querySelector('[data-job]')) setTimeout(follow, EVERY_MS);
}

setTimeout(follow, EVERY_MS);
