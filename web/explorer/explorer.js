const documentAddress = "/api/v1/openapi.json";

/** Lets requests go to this server only, whatever a document or a person names. */
function stayHere(request) {
    const address = new URL(request.url, location.href);
    if (address.origin !== location.origin) {
        throw new Error(`requests go to ${location.origin} only, not to ${address.origin}`);
    }
    return request;
}

/** Swagger UI sends the examples of all parameters with what is tried: nothing would fit so many filters. */
function withoutOptionalExamples(openapi) {
    const operations = Object.values(openapi.paths).flatMap((path) => [path, ...Object.values(path)]);
    const shared = Object.values(openapi.components?.parameters ?? {});
    const parameters = [...operations.flatMap((operation) => operation.parameters ?? []), ...shared];
    for (const parameter of parameters.filter(({ required }) => required !== true)) {
        delete parameter.example;
        delete parameter.examples;
    }
    return openapi;
}

async function loadDocument() {
    const answer = await fetch(documentAddress, { credentials: "omit" });
    if (!answer.ok) {
        throw new Error(`the server answered with ${answer.status}`);
    }
    return answer.json();
}

function show(openapi) {
    globalThis.SwaggerUIBundle({
        domNode: document.getElementById("explorer"),
        spec: withoutOptionalExamples(openapi),
        presets: [globalThis.SwaggerUIBundle.presets.apis],
        layout: "BaseLayout",
        // What a link names is not taken: neither another document nor another server.
        queryConfigEnabled: false,
        validatorUrl: null,
        persistAuthorization: false,
        withCredentials: false,
        tryItOutEnabled: true,
        displayRequestDuration: true,
        filter: true,
        docExpansion: "list",
        defaultModelsExpandDepth: 0,
        requestInterceptor: stayHere,
    });
}

try {
    show(await loadDocument());
} catch (error) {
    document.getElementById("problem").textContent =
        `The description of the API, ${documentAddress}, could not be shown: ${error.message}.`;
}
