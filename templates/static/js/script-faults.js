// What goes wrong in a project's script: one box on the page per fault, and a note for those who look after the project.

const NOTES_MOST = 20;

// Lines of the script in a stack or an error event, as the project has them.
function lineIn(stack, source, wrapperLines) {
    const at = stack?.indexOf(source) ?? -1;
    const number = at < 0 ? null : /^:(\d+)/.exec(stack.slice(at + source.length));
    return number ? Number(number[1]) - wrapperLines : null;
}

// full    tell all about a fault, and offer managers the page without the script
// report  (event, message, line): tells those who look after the project
export function createScriptFaults({ full, source, wrapperLines, report, notices }) {
    const told = new Set();

    function text(event, message, line) {
        if (!full) return 'The script of this project has a problem. Your work is not affected; the project\'s managers can see it in the settings.';
        const where = [event && `in ${event}`, line && `line ${line}`].filter(Boolean).join(', ');
        return `Custom script problem${where ? ` (${where})` : ''}: ${message}`;
    }

    function openWithout() {
        const address = new URL(location.href);
        address.searchParams.set('no_script', '1');
        location.assign(address);
    }

    function tellOnce(event, message, line) {
        const key = `${event}|${message}|${line}`;
        if (told.has(key)) return;
        told.add(key);
        console.error(`custom script${event ? `, ${event}` : ''}${line ? `, line ${line}` : ''}: ${message}`);
        const ways = [{ label: 'Close', run: () => {} }];
        if (full) ways.unshift({ label: 'Open without the script', run: openWithout });
        notices.show('script', text(event, message, line), ways);
        if (told.size <= NOTES_MOST) report(event, message.slice(0, 1000), line);
    }

    function tell(event, error) {
        tellOnce(event, String(error?.message ?? error), lineIn(error?.stack, source, wrapperLines));
    }

    // What is thrown outside of our calls: text that does not parse, timers, forgotten promises.
    window.addEventListener('error', (event) => {
        if (event.filename === source) tellOnce('', event.message.replace(/^Uncaught /, ''), event.lineno - wrapperLines);
    });
    window.addEventListener('unhandledrejection', ({ reason }) => {
        if (lineIn(reason?.stack, source, wrapperLines)) tell('', reason);
    });

    return { tell };
}
