// What the browser keeps until the server has it: IndexedDB, which is on the disk when the promise ends (localStorage may lose its
// last seconds in a crash, and holds 5 MB). Where that is refused, as in some private windows, localStorage.

const NAME = 'labeld';
const STORE = 'kept';

function openDatabase() {
    return new Promise((resolve, reject) => {
        const opening = indexedDB.open(NAME, 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error);
    });
}

function inDatabase(db) {
    const run = (mode, work) => new Promise((resolve, reject) => {
        const transaction = db.transaction(STORE, mode, { durability: 'strict' });
        const request = work(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onerror = () => reject(transaction.error);
        transaction.onabort = () => reject(transaction.error);
    });
    const below = (prefix) => IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    return {
        put: (key, value) => run('readwrite', (store) => store.put(value, key)),
        drop: (key) => run('readwrite', (store) => store.delete(key)),
        list: (prefix) => run('readonly', (store) => store.getAll(below(prefix))),
    };
}

function inLocalStorage() {
    return {
        put: async (key, value) => localStorage.setItem(key, JSON.stringify(value)),
        drop: async (key) => localStorage.removeItem(key),
        list: async (prefix) => Object.keys(localStorage)
            .filter((key) => key.startsWith(prefix))
            .map((key) => JSON.parse(localStorage.getItem(key))),
    };
}

// `place` sets servers, users and projects apart that share an origin. Nothing here throws: without a place to keep it, the work is
// still on screen.
export function createKept(place) {
    const opened = openDatabase().then(inDatabase).catch(inLocalStorage);
    const quietly = (run, otherwise) => opened.then(run).catch((error) => {
        console.warn('nothing kept in this browser:', error);
        return otherwise;
    });
    const full = (key) => `${place}:${key}`;
    return {
        put: (key, value) => quietly((store) => store.put(full(key), value)),
        drop: (key) => quietly((store) => store.drop(full(key))),
        // the values whose keys begin so
        list: (prefix) => quietly((store) => store.list(full(prefix)), []),
    };
}
