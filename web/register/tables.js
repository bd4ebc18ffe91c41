import { button, element } from "./elements.js";
import { formatNumber } from "./formats.js";

const rowsPerPage = 50;

function tableRow(columns, row) {
    const cells = columns.map(({ title, cell, isRowHeader }) => isRowHeader
        ? element("th", { scope: "row", role: "rowheader" }, cell(row))
        : element("td", { role: "cell", "data-title": title }, cell(row)));
    return element("tr", { role: "row" }, ...cells);
}

/**
 * A table. Each column has a title and a function that makes a cell's node of a row; one of them heads the rows. The
 * roles are named, since browsers forget them when style sheets lay the cells out as cards on a phone.
 */
export function table(caption, columns, rows) {
    const titles = columns.map(({ title }) => element("th", { scope: "col", role: "columnheader" }, title));
    return element("table", { role: "table" },
        element("caption", {}, caption),
        element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...titles)),
        element("tbody", { role: "rowgroup" }, ...rows.map((row) => tableRow(columns, row))));
}

function position(offset, count, total) {
    const upTo = `Rows ${formatNumber(offset + 1)} to ${formatNumber(offset + count)}`;
    return total === null ? upTo : `${upTo} of ${formatNumber(total)}`;
}

/** Pages of rows that are at hand. */
export const pagesOf = (rows) => async (offset, limit) => ({ rows: rows.slice(offset, offset + limit), total: rows.length });

/**
 * A table that is turned page by page. options: caption, columns, emptyText, and loadPage(offset, limit), which gives
 * {rows, total}. Fails when the first page does; when a later one does, onProblem hears of it, and the table stays.
 */
export async function pagedTable({ caption, columns, emptyText, loadPage, onProblem }) {
    const frame = element("div", { class: "paged" });
    const where = element("p", { class: "position", role: "status" });
    let offset = 0;
    let turning = false;

    const turn = async (to) => {
        turning = true;
        try {
            show(to, await loadPage(to, rowsPerPage));
        } finally {
            turning = false;
        }
    };
    const turnWhenPossible = (control, to) => {
        if (!turning && control.getAttribute("aria-disabled") === "false") {
            turn(to).catch(onProblem);
        }
    };
    const previous = button("Previous", () => turnWhenPossible(previous, Math.max(0, offset - rowsPerPage)));
    const next = button("Next", () => turnWhenPossible(next, offset + rowsPerPage));
    const pager = element("nav", { class: "pager", "aria-label": `Pages of: ${caption}` }, previous, where, next);

    function show(newOffset, { rows, total }) {
        offset = newOffset;
        const isLast = total === null ? rows.length < rowsPerPage : offset + rows.length >= total;
        // Not the attribute disabled: a button that has the keyboard must keep it.
        previous.setAttribute("aria-disabled", String(offset === 0));
        next.setAttribute("aria-disabled", String(isLast));
        where.textContent = rows.length === 0 ? "No rows any more" : position(offset, rows.length, total);
        pager.hidden = offset === 0 && isLast;
        const content = rows.length === 0 ? element("p", { class: "empty" }, emptyText) : table(caption, columns, rows);
        frame.firstChild === null ? frame.append(content, pager) : frame.firstChild.replaceWith(content);
    }
    await turn(0);
    return frame;
}
