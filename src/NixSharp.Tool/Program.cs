using NixSharp.Tool;

return await NixSharpTool.RunAsync(args).ConfigureAwait(false);
