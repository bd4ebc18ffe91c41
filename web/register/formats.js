import { element } from "./elements.js";

const locale = new Intl.DateTimeFormat().resolvedOptions().locale;
const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const instants = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const days = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const months = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric" });
const weekdays = new Intl.DateTimeFormat(undefined, { weekday: "narrow" });
const numbers = new Intl.NumberFormat();
const lists = new Intl.ListFormat(undefined, { type: "conjunction" });
const spans = new Intl.ListFormat(undefined, { type: "unit", style: "narrow" });
const collator = new Intl.Collator(undefined, { numeric: true });

export const formatNumber = (number) => numbers.format(number);
export const formatList = (texts) => lists.format(texts);
export const formatDay = (date) => days.format(date);
export const formatMonth = (date) => months.format(date);
export const compareTexts = (one, other) => collator.compare(one, other);
export const timeZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** An instant of the API as its day, with the whole of it as a tooltip; as it is where no date can be read from it. */
export function day(instant) {
    if (instant === null || instant === undefined) {
        return element("span", { class: "none" }, "none");
    }
    const date = new Date(instant);
    return Number.isNaN(date.valueOf())
        ? element("bdi", {}, instant)
        : element("time", { datetime: date.toISOString(), lang: locale, title: instants.format(date) }, dates.format(date));
}

/** The day of the week that weeks begin with, where the reader lives: 0 is Sunday. */
export function firstWeekday() {
    const place = new Intl.Locale(locale);
    const week = place.getWeekInfo?.() ?? place.weekInfo ?? { firstDay: 1 };
    return week.firstDay % 7;
}

/** The initials of the seven days of the week, from the first on. */
export function weekdayInitials() {
    // 4 January 1970 was a Sunday.
    return Array.from({ length: 7 }, (_, index) => weekdays.format(new Date(1970, 0, 4 + firstWeekday() + index)));
}

/** A target in minutes, as people say it. Business time has no days: their length is the calendar's. */
export function span(minutes, isBusinessTime) {
    const minutesOfDay = isBusinessTime ? Infinity : 1440;
    const parts = [
        [Math.floor(minutes / minutesOfDay), "day"],
        [Math.floor((minutes % minutesOfDay) / 60), "hour"],
        [minutes % 60, "minute"],
    ];
    return spans.format(parts.filter(([count]) => count > 0).map(([count, unit]) =>
        new Intl.NumberFormat(undefined, { style: "unit", unit, unitDisplay: "short" }).format(count)));
}
