// The tags of label configurations and their attributes, as the editor of configurations offers them.
// {tag: {kind: "object"|"control"|"label"|"layout", of: where it may stand (null: anywhere), attrs: {name: [values] or null}}}

const YES = ['true', 'false'];
const control = { name: null, toName: null };
const perRegion = { perRegion: YES, required: YES, requiredMessage: null, whenTagName: null, whenLabelValue: null, whenChoiceValue: null, visibleWhen: ['region-selected', 'choice-selected', 'no-region-selected', 'choice-unselected'] };
const shape = { opacity: null, fillColor: null, strokeColor: null, strokeWidth: null, fillOpacity: null, snap: ['pixel', 'none'], showInline: YES };
const list = { ...control, choice: ['single', 'multiple'], maxUsages: null, showInline: YES, allowEmpty: YES, value: null };
const canvas = { ...control, ...shape };

function shapes(names, extra = {}) {
    const tags = {};
    for (const name of names) {
        tags[name] = { kind: 'control', attrs: { ...canvas, ...extra } };
        tags[`${name}Labels`] = { kind: 'control', attrs: { ...list, ...shape, ...extra } };
    }
    return tags;
}

export const TAGS = {
    View: { kind: 'layout', attrs: { display: ['block', 'inline'], style: null, className: null, idAttr: null, visibleWhen: perRegion.visibleWhen, whenTagName: null, whenLabelValue: null, whenChoiceValue: null } },
    Header: { kind: 'layout', attrs: { value: null, size: ['1', '2', '3', '4', '5', '6'], underline: YES } },
    Style: { kind: 'layout', attrs: {} },
    Collapse: { kind: 'layout', attrs: { accordion: YES, bordered: YES, open: YES } },
    Panel: { kind: 'layout', of: ['Collapse'], attrs: { value: null } },
    Filter: { kind: 'layout', attrs: { name: null, toName: null, placeholder: null, minlength: null, hotkey: null, casesensetive: YES } },
    Repeater: { kind: 'layout', attrs: { on: null, indexFlag: null, mode: ['list', 'pagination'] } },
    Relations: { kind: 'layout', attrs: {} },

    Text: { kind: 'object', attrs: { name: null, value: null, valueType: ['text', 'url'], saveTextResult: ['yes', 'no'], encoding: ['none', 'base64', 'base64unicode'], selectionEnabled: YES, highlightColor: null, showLabels: YES, granularity: ['symbol', 'word', 'sentence', 'paragraph'] } },
    HyperText: { kind: 'object', attrs: { name: null, value: null, valueType: ['text', 'url'], inline: YES, saveTextResult: ['yes', 'no'], encoding: ['none', 'base64', 'base64unicode'], selectionEnabled: YES, clickableLinks: YES, highlightColor: null, showLabels: YES, granularity: ['symbol', 'word', 'sentence', 'paragraph'] } },
    Image: { kind: 'object', attrs: { name: null, value: null, valueList: null, smoothing: YES, width: null, maxWidth: null, zoom: YES, negativeZoom: YES, zoomBy: null, grid: YES, gridSize: null, gridColor: null, zoomControl: YES, brightnessControl: YES, contrastControl: YES, rotateControl: YES, crosshair: YES, horizontalAlignment: ['left', 'center', 'right'], verticalAlignment: ['top', 'center', 'bottom'], defaultZoom: ['auto', 'original', 'fit'], crossOrigin: ['none', 'anonymous', 'use-credentials'] } },
    Audio: { kind: 'object', attrs: { name: null, value: null, defaultspeed: null, defaultscale: null, defaultzoom: null, defaultvolume: null, hotkey: null, sync: null, height: null, waveheight: null, spectrogram: YES, splitchannels: YES, decoder: ['webaudio', 'none'], player: ['html5', 'webaudio'] } },
    Video: { kind: 'object', attrs: { name: null, value: null, frameRate: null, sync: null, muted: YES, height: null, timelineHeight: null, defaultPlaybackSpeed: null, minPlaybackSpeed: null } },
    Paragraphs: { kind: 'object', attrs: { name: null, value: null, valueType: ['json', 'url'], audioUrl: null, sync: null, showPlayer: YES, saveTextResult: ['yes', 'no'], layout: ['none', 'dialogue'], nameKey: null, textKey: null, contextScroll: YES } },
    TimeSeries: { kind: 'object', attrs: { name: null, value: null, valueType: ['url', 'json'], timeColumn: null, timeFormat: null, timeDisplayFormat: null, durationDisplayFormat: null, sep: null, overviewChannels: null, overviewWidth: null, fixedScale: YES, defaultWidth: null, sync: null } },
    Channel: { kind: 'object', of: ['TimeSeries', 'MultiChannel'], attrs: { column: null, legend: null, units: null, displayFormat: null, height: null, opacity: null, showAxis: YES, showYAxis: YES, showGrid: YES, strokeWidth: null, strokeColor: null, markerSize: null, markerColor: null, markerSymbol: ['circle', 'cross', 'diamond', 'square', 'star', 'triangle', 'wye'], timeRange: null, dataRange: null, fixedScale: YES } },
    MultiChannel: { kind: 'object', of: ['TimeSeries'], attrs: { height: null, showAxis: YES, showYAxis: YES, showGrid: YES, fixedScale: YES } },
    Table: { kind: 'object', attrs: { name: null, value: null, valueType: ['json', 'url'] } },
    List: { kind: 'object', attrs: { name: null, value: null, title: null } },
    Pdf: { kind: 'object', attrs: { name: null, value: null } },
    Markdown: { kind: 'object', attrs: { value: null } },

    Choices: { kind: 'control', attrs: { ...control, ...perRegion, choice: ['single', 'single-radio', 'multiple'], showInline: YES, layout: ['inline', 'vertical', 'select'], value: null, allowNested: YES, perItem: YES } },
    Choice: { kind: 'label', of: ['Choices', 'Taxonomy', 'Choice', 'View'], attrs: { value: null, alias: null, selected: YES, hotkey: null, style: null, html: null, hint: null, color: null } },
    Taxonomy: { kind: 'control', attrs: { ...control, ...perRegion, apiUrl: null, leafsOnly: YES, showFullPath: YES, pathSeparator: null, maxUsages: null, maxWidth: null, minWidth: null, placeholder: null, value: null, labeling: YES, legacy: YES } },
    Labels: { kind: 'control', attrs: { ...list, opacity: null, fillColor: null, strokeColor: null, strokeWidth: null } },
    Label: { kind: 'label', of: null, attrs: { value: null, alias: null, background: null, hotkey: null, selected: YES, maxUsages: null, hint: null, showAlias: YES, aliasStyle: null, size: null, granularity: ['symbol', 'word', 'sentence', 'paragraph'] } },
    ...shapes(['Rectangle'], { canRotate: YES }),
    ...shapes(['Ellipse'], { canRotate: YES }),
    ...shapes(['Polygon'], { pointSize: ['small', 'medium', 'large'], pointStyle: ['rectangle', 'circle'] }),
    ...shapes(['KeyPoint']),
    ...shapes(['Brush']),
    ...shapes(['Bitmask']),
    ...shapes(['Vector'], { closable: YES, curves: YES, skeleton: YES, minPoints: null, maxPoints: null }),
    MagicWand: { kind: 'control', attrs: { ...control, blurradius: null, defaultthreshold: null, opacity: null } },
    HyperTextLabels: { kind: 'control', attrs: { ...list } },
    ParagraphLabels: { kind: 'control', attrs: { ...list } },
    TimeSeriesLabels: { kind: 'control', attrs: { ...list } },
    TimelineLabels: { kind: 'control', attrs: { ...list } },
    VideoRectangle: { kind: 'control', attrs: { ...control } },
    TextArea: { kind: 'control', attrs: { ...control, ...perRegion, value: null, label: null, placeholder: null, maxSubmissions: null, editable: YES, skipDuplicates: YES, transcription: YES, displayMode: ['tag', 'region-list'], rows: null, showSubmitButton: YES } },
    Number: { kind: 'control', attrs: { ...control, ...perRegion, min: null, max: null, step: null, defaultValue: null, hotkey: null, slider: YES } },
    Rating: { kind: 'control', attrs: { ...control, ...perRegion, maxRating: null, defaultValue: null, size: ['small', 'medium', 'large'], icon: ['star', 'heart', 'fire', 'smile'], hotkey: null } },
    DateTime: { kind: 'control', attrs: { ...control, ...perRegion, only: ['date', 'time', 'year', 'month'], format: null, min: null, max: null } },
    Pairwise: { kind: 'control', attrs: { ...control, selectionStyle: null, leftClass: null, rightClass: null } },
    Ranker: { kind: 'control', attrs: { ...control } },
    Bucket: { kind: 'label', of: ['Ranker'], attrs: { name: null, title: null, default: YES } },
    Relation: { kind: 'label', of: ['Relations'], attrs: { value: null, background: null } },
    Shortcut: { kind: 'label', of: ['TextArea'], attrs: { value: null, alias: null, hotkey: null, background: null } },
};

// Tags that may stand inside `parent` (a tag name or null), the likely ones first.
export function tagsInside(parent) {
    const fits = (name) => {
        const { kind, of } = TAGS[name];
        if (of) return of.includes(parent);
        if (name === 'Label') return /Labels$/.test(parent ?? '');
        return kind !== 'label' && (!parent || TAGS[parent]?.kind === 'layout' || parent === 'View');
    };
    return Object.keys(TAGS).filter(fits).sort();
}
