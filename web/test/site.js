import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Stub } from "./stub.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const nginx = "/usr/sbin/nginx";

function freePort() {
    return new Promise((resolve, reject) => {
        const server = createServer().once("error", reject).listen(0, "127.0.0.1", () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

/** The site of deploy/ as it is, but for where it listens, and where PostgREST and the files are. */
function writeConfiguration(folder, port) {
    let site = ["nginx-maps.conf", "nginx.conf"].map((name) => readFileSync(join(root, "deploy", name), "utf8")).join("");
    for (const [there, here] of [
        ["unix:/run/policies-postgrest/postgrest.sock", `unix:${folder}/postgrest.sock`],
        ["listen 127.0.0.1:8080;", `listen 127.0.0.1:${port};`],
        ["/usr/share/policies/www", `${folder}/www`],
    ]) {
        if (!site.includes(there)) {
            throw new Error(`deploy/nginx.conf has no "${there}" any more`);
        }
        site = site.replaceAll(there, here);
    }
    writeFileSync(join(folder, "site.conf"), site);
    const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`);
    writeFileSync(join(folder, "nginx.conf"),
        `pid ${folder}/pid; daemon off; worker_processes 1; events { }\nhttp { access_log off; ${folders.join(" ")} include ${folder}/site.conf; }\n`);
}

async function untilItListens(url, server) {
    for (let attempt = 0; attempt < 200; attempt++) {
        if (server.exitCode !== null) {
            break;
        }
        try {
            await fetch(url);
            return;
        } catch {
            await pause(50);
        }
    }
    throw new Error(`nginx does not answer at ${url}`);
}

/** The pages as they are installed, served by nginx in front of a stub: {url, stub, stop}. */
export async function startSite() {
    if (!existsSync(nginx)) {
        throw new Error(`${nginx} is not installed: run tools/install_packages.sh`);
    }
    const folder = mkdtempSync(join(tmpdir(), "policies-site."));
    // As root, nginx serves as another user.
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, "www"));
    execFileSync(join(root, "tools/install_web.sh"), [join(folder, "www")], { stdio: ["ignore", "inherit", "inherit"] });
    const port = await freePort();
    writeConfiguration(folder, port);
    const stub = new Stub();
    await stub.listen(join(folder, "postgrest.sock"));
    chmodSync(join(folder, "postgrest.sock"), 0o666);
    const server = spawn(nginx, ["-e", `${folder}/error.log`, "-p", folder, "-c", `${folder}/nginx.conf`], { stdio: "inherit" });
    const url = `http://127.0.0.1:${port}`;
    await untilItListens(url, server);
    return {
        url, stub,
        async stop() {
            const ended = new Promise((resolve) => server.once("exit", resolve));
            server.kill("SIGTERM");
            await ended;
            await stub.close();
            rmSync(folder, { recursive: true, force: true });
        },
    };
}
