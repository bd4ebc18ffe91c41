import { createServer } from "node:http";

const passes = {
    eq: (value, wanted) => String(value) === wanted,
    in: (value, wanted) => wanted.slice(1, -1).split(",").includes(String(value)),
    not: (value, wanted) => wanted === "is.null" && value !== null,
};

function isWanted(row, parameters) {
    return [...parameters].every(([name, condition]) => {
        const [, operator, wanted] = /^(\w+)\.(.*)$/s.exec(condition) ?? [];
        return !(name in row) || operator === undefined || passes[operator](row[name], wanted);
    });
}

function selected(row, columns) {
    return columns === null ? row : Object.fromEntries(columns.split(",").map((column) => [column, row[column] ?? null]));
}

/** The rows of a relation as PostgREST answers them: filtered, in the order they have, and a page of them. */
function rowsOf(rows, parameters) {
    const wanted = rows.filter((row) => isWanted(row, parameters));
    const offset = Number(parameters.get("offset") ?? 0);
    const page = wanted.slice(offset, offset + Math.min(1000, Number(parameters.get("limit") ?? 1000)));
    const range = page.length > 0 ? `${offset}-${offset + page.length - 1}` : "*";
    return {
        status: offset > 0 && offset >= wanted.length ? 416 : page.length < wanted.length ? 206 : 200,
        headers: { "Content-Range": `${range}/${wanted.length}` },
        body: JSON.stringify(page.map((row) => selected(row, parameters.get("select")))),
    };
}

function dueBetween(reviews, parameters) {
    const from = parameters.get("from_time") === "-infinity" ? -Infinity : Date.parse(parameters.get("from_time"));
    const until = Date.parse(parameters.get("until_time"));
    return reviews.filter(({ due_at: due }) => Date.parse(due) >= from && Date.parse(due) < until);
}

/** What PostgREST would answer with a register that holds this data. */
function answerFrom(data, path, parameters) {
    switch (path) {
        case "/policies_in_force": return rowsOf(data.inForce, parameters);
        case "/policy_acknowledgements": return rowsOf(data.acknowledgements, parameters);
        case "/policies": return rowsOf(data.policies, parameters);
        case "/rpc/review_calendar": return rowsOf(dueBetween(data.reviews, parameters), parameters);
        case "/rpc/policy_html":
            return { status: 200, headers: { "Content-Type": "text/html; charset=utf-8" }, body: data.html };
        default: return { status: 404, body: JSON.stringify({ code: "PGRST205", message: `no ${path} in the stub`, details: null, hint: null }) };
    }
}

/** PostgREST's place behind nginx. `answer` decides on a request, where it is set, and `data` on all others; `requests` remembers. */
export class Stub {
    requests = [];
    answer = null;
    data = null;

    listen(socket) {
        this.server = createServer((request, response) => this.#serve(request, response));
        return new Promise((resolve) => this.server.listen(socket, resolve));
    }

    async #serve(request, response) {
        const target = new URL(request.url, "http://stub");
        this.requests.push({ method: request.method, path: target.pathname, parameters: target.searchParams, headers: request.headers });
        const own = await this.answer?.(target.pathname, target.searchParams, request);
        if (own === "hang up") {
            request.socket.destroy();
            return;
        }
        const { status, headers, body } = own ?? answerFrom(this.data, target.pathname, target.searchParams);
        response.writeHead(status, { "Content-Type": "application/json; charset=utf-8", ...headers });
        response.end(request.method === "HEAD" ? undefined : body);
    }

    /** As it was before a test. */
    reset(data) {
        this.requests = [];
        this.answer = null;
        this.data = data;
    }

    close() {
        this.server.closeAllConnections();
        return new Promise((resolve) => this.server.close(resolve));
    }
}
