const base = "/api/v1/";
const secondsToWait = 30;

/** How many rows of a list that is needed whole are read at once, and in all. */
export const rowsPerRequest = 500;
export const mostRows = 2000;

/** That there is no answer to show, as a sentence for the reader. */
export class ApiError extends Error {
    constructor(sentence, status = 0) {
        super(sentence);
        this.name = "ApiError";
        this.status = status;
    }
}

function seconds(retryAfter) {
    return /^[0-9]{1,4}$/.test(retryAfter ?? "") && Number(retryAfter) > 1 ? `${Number(retryAfter)} seconds` : "a second";
}

function sentence(answer, message) {
    const because = message === "" ? "" : ` (${message})`;
    switch (answer.status) {
        case 401: return `The token was not accepted${because}. Paste a new one.`;
        case 403: return `The token does not permit this${because}.`;
        case 404: return `That is not there${because}.`;
        case 429: return `There were too many requests. Wait ${seconds(answer.headers.get("Retry-After"))}, then reload.`;
        case 502: case 503: case 504: return "The register is not available now. Try again later.";
        default: return `The register answered with an error, ${answer.status}${because}.`;
    }
}

async function messageOf(answer) {
    try {
        const { message } = await answer.json();
        return typeof message === "string" ? message.slice(0, 300) : "";
    } catch {
        return "";
    }
}

async function send(token, signal, path, parameters, headers) {
    const limit = AbortSignal.timeout(secondsToWait * 1000);
    const stop = new AbortController();
    for (const source of [signal, limit]) {
        source.addEventListener("abort", () => stop.abort(source.reason), { signal: stop.signal });
    }
    signal.throwIfAborted();
    try {
        const answer = await fetch(`${base}${path}?${new URLSearchParams(parameters)}`, {
            headers: { Authorization: `Bearer ${token}`, ...headers },
            signal: stop.signal, cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer",
        });
        if (!answer.ok) {
            throw new ApiError(sentence(answer, await messageOf(answer)), answer.status);
        }
        return { headers: answer.headers, body: await answer.text() };
    } catch (error) {
        if (error instanceof ApiError || signal.aborted) {
            throw error;
        }
        throw new ApiError(limit.aborted ? `The register did not answer within ${secondsToWait} seconds. Reload to try again.`
            : "The register cannot be reached. Check the connection, then reload.");
    }
}

function parseRows(body) {
    try {
        const rows = JSON.parse(body);
        if (Array.isArray(rows)) {
            return rows;
        }
    } catch {
        // Told below, with any other answer that is no list.
    }
    throw new ApiError("The register's answer cannot be read.");
}

/** The total of a Content-Range, such as 0-49/1234; null where it is not told. */
export function totalOf(contentRange) {
    const total = /\/([0-9]+)$/.exec(contentRange ?? "");
    return total === null ? null : Number(total[1]);
}

/** Reads from the API with a token, until the signal aborts. Whatever fails is an ApiError, or the abortion. */
export function createApi(token, signal) {
    const page = async (path, parameters, offset, limit) => {
        try {
            const answer = await send(token, signal, path, { ...parameters, limit, offset },
                { Accept: "application/json", Prefer: "count=exact" });
            return { rows: parseRows(answer.body), total: totalOf(answer.headers.get("Content-Range")) };
        } catch (error) {
            // The list has become shorter than the offset.
            if (error.status === 416) {
                return { rows: [], total: offset };
            }
            throw error;
        }
    };

    return {
        /** One page of a list, and how many rows there are in all: {rows, total}. */
        page,

        /** A list in requests of bounded size: {rows, isCutOff}. Needs a unique order. */
        async all(path, parameters) {
            const rows = [];
            let isCutOff = true;
            while (isCutOff && rows.length < mostRows) {
                const next = await page(path, parameters, rows.length, rowsPerRequest);
                rows.push(...next.rows);
                isCutOff = next.total === null ? next.rows.length === rowsPerRequest : next.rows.length > 0 && rows.length < next.total;
            }
            return { rows, isCutOff };
        },

        /** A policy's text as HTML. It is as safe as the server made it: it belongs into a sandbox. */
        async html(policyId, tenantId) {
            if (!/^pol_[0-9A-Za-z]{26}$/.test(policyId)) {
                throw new ApiError(`There is no policy “${policyId}”.`, 404);
            }
            const parameters = tenantId === "" ? {} : { tenant_id: tenantId };
            return (await send(token, signal, `policies/${policyId}/html`, parameters, { Accept: "text/html" })).body;
        },
    };
}
