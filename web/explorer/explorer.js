/** Lets requests go to this server only, whatever a document or a person names. */
function stayHere(request) {
    const address = new URL(request.url, location.href);
    if (address.origin !== location.origin) {
        throw new Error(`requests go to ${location.origin} only, not to ${address.origin}`);
    }
    return request;
}

globalThis.SwaggerUIBundle({
    domNode: document.getElementById("explorer"),
    url: "/api/v1/openapi.json",
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
