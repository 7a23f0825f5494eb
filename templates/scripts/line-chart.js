// Draws numbers of the task as a line, into <View idAttr="chart"/>.
const values = LSI.task.data.series;
const place = document.getElementById('chart');
const [width, height] = [600, 160];

const svg = (name, attributes) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
};

const low = Math.min(...values), span = Math.max(...values) - low || 1;
const points = values.map((value, i) => [i / (values.length - 1 || 1) * width, height - (value - low) / span * height]);
const chart = svg('svg', { viewBox: `-4 -4 ${width + 8} ${height + 8}`, width, role: 'img', 'aria-label': `${values.length} values from ${low} to ${low + span}` });
chart.append(svg('polyline', { points: points.join(' '), fill: 'none', stroke: 'currentColor', 'stroke-width': 2 }));
place.replaceChildren(chart);
