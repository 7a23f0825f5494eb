// [data-bench]: runs the text of the script's field in a frame (script-bench-frame.js) on a task that is chosen, and shows what it writes
// and where it fails. Each run begins with a fresh page.

const LEVELS = { fault: 'Error', error: 'Error', warn: 'Warning', event: 'Page' };

const area = document.getElementById('custom_script');
const data = JSON.parse(document.getElementById('script-data').textContent);
const json = { headers: { Accept: 'application/json', 'Content-Type': 'application/json' } };

async function answerOf(url, options) {
    const answer = await fetch(url, { ...json, ...options });
    if (!answer.ok) throw new Error(`The task could not be fetched: the server answers ${answer.status}.`);
    return answer.json();
}

async function taskFor(box, choice) {
    if (choice === 'example') return { id: 1, data: data.example.data, config: data.example.config };
    if (choice !== 'made') {
        const { id, data: own } = await answerOf(`${box.dataset.tasks}${choice}/`);
        return { id, data: own };
    }
    const body = JSON.stringify({ label_config: data.config });
    return { id: 1, data: (await answerOf(box.dataset.sample, { method: 'POST', body })).sample_task };
}

function entry({ level, text, line }) {
    const item = document.createElement('p');
    item.className = `at-${level}`;
    if (LEVELS[level]) item.append(Object.assign(document.createElement('b'), { textContent: `${LEVELS[level]} ` }));
    item.append(text);
    if (!line) return item;
    const place = Object.assign(document.createElement('button'), { type: 'button', className: 'link', textContent: `line ${line}` });
    place.addEventListener('click', () => area.dispatchEvent(new CustomEvent('script:line', { detail: line })));
    item.append(' ', place);
    return item;
}

function start(box) {
    const part = (name) => box.querySelector(`[data-bench-${name}]`);
    const frame = part('frame'), log = part('console'), state = part('state'), button = part('run'), task = part('task');
    let wish = null;

    function write(told) {
        log.append(entry(told));
        log.scrollTop = log.scrollHeight;
    }

    async function run() {
        log.replaceChildren();
        for (const part of [frame, log]) part.hidden = false;
        state.textContent = 'Starting …';
        delete box.dataset.drawn;
        try {
            wish = { ...await taskFor(box, task.value), script: area.value };
            frame.src = box.dataset.frame;
        } catch (error) {
            state.textContent = error.message;
        }
    }

    window.addEventListener('message', ({ origin, source, data: told }) => {
        if (origin !== location.origin || source !== frame.contentWindow || !told?.bench) return;
        if (told.bench === 'ready' && wish) frame.contentWindow.postMessage(wish, location.origin);
        if (told.bench === 'line') write(told);
        if (told.bench === 'drawn') {
            state.textContent = 'Running.';
            box.dataset.drawn = 'yes';
        }
    });
    button.addEventListener('click', run);
    button.disabled = false;
    state.textContent = '';
}

for (const box of document.querySelectorAll('[data-bench]')) start(box);
