const key = "policies.token";

/** The token of this tab: kept until the tab is closed, and nowhere else. */
export const storedToken = () => sessionStorage.getItem(key);
export const storeToken = (token) => sessionStorage.setItem(key, token);
export const forgetToken = () => sessionStorage.removeItem(key);

/** What was pasted as a bare token. Throws what is wrong with it, without the token itself: it is a secret. */
export function readToken(pasted) {
    const token = pasted.trim().replace(/^(authorization:\s*)?bearer\s+/i, "");
    const stray = /[^A-Za-z0-9._~+/=-]/u.exec(token);
    if (token === "") {
        throw new Error("Paste a token first.");
    }
    if (stray !== null) {
        throw new Error(`That is no token: it holds “${stray[0]}”, at character ${stray.index + 1}.`);
    }
    return token;
}

/** What a token claims: for the reader only, since it is not verified here. Empty where it is no JSON Web Token. */
export function claimsOf(token) {
    try {
        const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
        const bytes = Uint8Array.from(atob(payload), (character) => character.codePointAt(0));
        const claims = JSON.parse(new TextDecoder().decode(bytes));
        return claims !== null && typeof claims === "object" ? claims : {};
    } catch {
        return {};
    }
}
