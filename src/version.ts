/** Version of attnsim, as in package.json; a row of results carries it. */
export const version = "0.1.0";
