// The package ships no types; the test names what it uses.
declare module '@alicloud/log';
