// What the editor is told once per page: its feature flags, which parts of it are shown, and the user's own keys.

import { instructionOf } from './instruction.js';

const FLAGS_ON = [
    'ff_front_dev_2669_paragraph_author_filter_210622_short',
    'fflag_feat_all_leap_1081_reviewer_flow_updates',
    'fflag_feat_all_leap_1181_bulk_annotation_short',
    'fflag_feat_all_leap_883_custom_script_270524_short',
    'fflag_feat_front_bros_199_enable_select_all_in_ner_phrase_short',
    'fflag_feat_front_lsdv_4583_multi_image_segmentation_short',
    'fflag_feat_front_lsdv_5452_taxonomy_labeling_110823_short',
    'fflag_feat_front_lsdv_e_278_contextual_scrolling_short',
    'fflag_feat_front_optic_1479_improve_image_tag_memory_usage_short',
    'fflag_feat_optic_2123_audio_spectrograms',
    'fflag_fix_front_dev_1284_auto_detect_undo_281022_short',
    'fflag_fix_front_dev_3377_image_regions_shift_on_resize_280922_short',
    'fflag_fix_front_dev_3391_interactive_view_all',
    'fflag_fix_front_leap_32_zoom_perf_190923_short',
    'fflag_fix_front_lsdv_4620_memory_leaks_100723_short',
    'fflag_fix_front_lsdv_4930_selection_tool_fixes_240423_short',
    'fflag_fix_front_lsdv_4998_missed_dynamic_children_030523_short',
    'fflag_fix_front_optic_1608_improve_video_frame_seek_precision_short',
    'fflag_fix_leap_246_multi_object_hotkeys_160124_short',
    'fflag_fix_leap_466_text_sanitization',
];

const FLAGS_OFF = [
    'ff_front_dev_1442_unselect_shape_on_click_outside_080622_short',
    'ff_front_dev_2671_anchor_rotate_bbox_010722_short',
    'fflag-feat-dev-3034-comments-with-drafts-short',
    'fflag_feat_all_fit_1304_strict_overlap',
    'fflag_feat_all_fit_778_analytics_short',
    'fflag_feat_dev_2755_regions_list_grouped_by_labels_with_ordered_collapse_short',
    'fflag_feat_front_leap_1173_disable_postpone_skip_short',
    'fflag_fix_all_optic_79_task_count_is_wrong_short',
    'fflag_fix_back_dev_4174_overlap_issue_experiments_10012023_short',
    'fflag_fix_front_dev_2918_labeling_filtered_paragraphs_250822_short',
    'fflag_fix_front_leap_443_select_annotation_once',
    'fflag_fix_front_lsdv_4600_lead_time_27072023_short',
];

export function appSettings(user) {
    const flags = {};
    for (const name of FLAGS_ON) flags[name] = true;
    for (const name of FLAGS_OFF) flags[name] = false;
    return {
        feature_flags: flags,
        feature_flags_default_value: false,
        whitelabel_is_active: true, // no links to another product's documentation
        user: editorUser(user),
    };
}

export function editorUser(user) {
    return {
        id: user.id,
        email: user.email ?? null,
        firstName: user.first_name ?? null,
        lastName: user.last_name ?? null,
        username: user.username ?? null,
        initials: user.initials ?? null,
        avatar: user.avatar ? (document.documentElement.dataset.base ?? '') + user.avatar : null,
    };
}

const ALWAYS = ['basic', 'topbar', 'predictions', 'predictions:menu', 'annotations:menu',
    'annotations:current', 'side-column', 'infobar'];
const WRITING = ['controls', 'submit', 'update', 'edit-history'];
const STREAM = ['topbar:prevnext', 'postpone'];
const REVIEWING = ['controls', 'review', 'edit-history', 'annotations:tabs'];
const SINGLE = ['annotations:view-all', 'annotations:tabs', 'annotations:copy-link', 'predictions:tabs'];

// The names of the editor's parts that this page shows.
export function interfaces(page) {
    const { mode, project, can, reviewing } = page;
    const names = [...ALWAYS];
    const write = can.annotate;

    if (instructionOf(page).text) names.push('instruction');
    if (can.comment) names.push('annotations:comments');
    if (can.resolve_any) names.push('comments:resolve-any');
    if (reviewing) return [...names, ...REVIEWING, ...(project.review_settings?.require_comment_on_reject ? ['comments:reject'] : [])];
    if (write) names.push(...WRITING);
    if (!project.enable_empty_annotation) names.push('annotations:deny-empty');
    if (project.reveal_preannotations_interactively) names.push('auto-annotation');
    if (mode === 'stream') {
        names.push(...STREAM);
        if (write && project.show_skip_button) names.push('skip');
        return names;
    }
    names.push(...SINGLE);
    if (write) names.push('annotations:add-new');
    if (can.delete) names.push('annotations:delete');
    if (can.ground_truth) names.push('ground-truth');
    return names;
}

// Saved keys are named "section:action"; clients also write the action's own full name behind its section.
function actionName(name) {
    return name.split(':').length > 2 ? name.slice(name.indexOf(':') + 1) : name;
}

// The user's own keys in the editor's form; `actions` are the editor's ({name, text}), for its list of keys. A key switched off becomes
// null, which the editor leaves unbound.
export function keymap(customHotkeys, actions = []) {
    const texts = new Map(actions.map(({ name, text }) => [name, text]));
    const map = {};
    for (const [saved, { key, active = true }] of Object.entries(customHotkeys ?? {})) {
        const name = actionName(saved);
        const used = active ? key : null;
        map[name] = { key: used, mac: used, description: texts.get(name) ?? name.replace(/[:_-]/g, ' ') };
    }
    return map;
}
