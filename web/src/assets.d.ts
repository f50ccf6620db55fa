/** The bundler hands these over as the address of a hashed file. */

declare module "world-atlas/countries-50m.json" {
  const url: string;
  export default url;
}
declare module "*.css" {}
