import { element } from "./elements.js";
import { firstWeekday, formatDay, formatList, formatMonth, formatNumber, weekdayInitials } from "./formats.js";

const monthsShown = 12;
const namesInTooltip = 10;

/** When the calendar ends: the first instant after its twelve months, of which the present one is the first. */
export function endOfCalendar(now) {
    return new Date(now.getFullYear(), now.getMonth() + monthsShown, 1);
}

const dayKey = (date) => `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;

/** The reviews of each day, by the reader's clock. */
function byDay(reviews) {
    const found = new Map();
    for (const review of reviews) {
        const key = dayKey(new Date(review.due_at));
        found.set(key, [...(found.get(key) ?? []), review]);
    }
    return found;
}

function tooltip(date, reviews) {
    const names = reviews.slice(0, namesInTooltip).map(({ name, policy_id }) => name ?? policy_id);
    const more = reviews.length - names.length;
    return `${formatDay(date)}: ${formatList(more > 0 ? [...names, `${formatNumber(more)} more`] : names)}`;
}

function dayCell(date, now, reviews) {
    const isToday = dayKey(date) === dayKey(now);
    const cell = element("span", { class: isToday ? "day today" : "day" }, String(date.getDate()));
    if (reviews !== undefined) {
        cell.classList.add("marked");
        cell.dataset.reviews = Math.min(reviews.length, 3);
        cell.title = tooltip(date, reviews);
    } else if (date < now && !isToday) {
        cell.classList.add("past");
    }
    return cell;
}

function month(first, now, reviews) {
    const length = new Date(first.getFullYear(), first.getMonth() + 1, 0).getDate();
    const blanks = (first.getDay() - firstWeekday() + 7) % 7;
    const days = Array.from({ length }, (_, index) => new Date(first.getFullYear(), first.getMonth(), index + 1));
    return element("div", { class: "month" },
        element("p", { class: "month-name" }, formatMonth(first)),
        element("div", { class: "days" },
            ...weekdayInitials().map((initial) => element("span", { class: "weekday" }, initial)),
            ...Array.from({ length: blanks }, () => element("span")),
            ...days.map((date) => dayCell(date, now, reviews.get(dayKey(date))))));
}

function legend() {
    const entries = [[1, "1 review"], [2, "2 reviews"], [3, "3 or more"]];
    return element("ul", { class: "legend", "aria-hidden": "true" }, ...entries.map(([count, meaning]) =>
        element("li", {}, element("span", { class: "day marked", "data-reviews": count }, ""), meaning)));
}

/** The picture of the twelve months: for assistive technology one image, since a table beside it tells the same. */
export function calendar(reviews, now) {
    const found = byDay(reviews);
    const months = Array.from({ length: monthsShown }, (_, index) =>
        month(new Date(now.getFullYear(), now.getMonth() + index, 1), now, found));
    const meaning = `Calendar of twelve months: ${formatNumber(reviews.length)} reviews on ${formatNumber(found.size)} days. `
        + "The table below lists them.";
    return element("figure", { class: "calendar" },
        element("div", { class: "months", role: "img", "aria-label": meaning }, ...months), legend());
}
