namespace NixSharp.Flakes.References;

/// <summary>Finds the flake that a path on the command line means.</summary>
internal static class FlakeFolder
{
    private const string FlakeFile = "flake.nix";

    public static FlakeReference Find(string text, string folder)
    {
        var question = text.IndexOf('?', StringComparison.Ordinal);
        var path = Path.GetFullPath(question < 0 ? text : text[..question], Path.GetFullPath(folder));
        path = path.Length > 1 ? path.TrimEnd('/') : path;
        var url = new FlakeUrl("path", null, "");
        if (question >= 0 && !FlakeUrl.TryParseQuery(text[(question + 1)..], url.Query, out var why))
        {
            throw FlakeReferenceRules.Invalid($"'{text}': {why}");
        }

        var flake = Search(Path.GetFileName(path) == FlakeFile && File.Exists(path) ? Path.GetDirectoryName(path)! : path, text);
        for (var (root, below) = (flake, ""); root is not null; root = Path.GetDirectoryName(root))
        {
            if (Path.Exists(Path.Combine(root, ".git")))
            {
                return FlakeReferenceReader.Read(InRepository(url, root, below, text));
            }

            below = Path.Combine(Path.GetFileName(root), below).TrimEnd('/');
        }

        return FlakeReferenceReader.Read(url with { Path = flake });
    }

    private static string Search(string path, string text)
    {
        if (!Directory.Exists(path))
        {
            throw NotAFlake(text, $"{path} is no folder");
        }

        for (string? current = path; current is not null; current = Path.GetDirectoryName(current))
        {
            if (File.Exists(Path.Combine(current, FlakeFile)))
            {
                return current;
            }

            if (Path.Exists(Path.Combine(current, ".git")))
            {
                throw NotAFlake(text, $"neither {path} nor the folders above it, up to the repository {current}, have a {FlakeFile}");
            }
        }

        throw NotAFlake(text, $"neither {path} nor any folder above it has a {FlakeFile}");
    }

    private static FlakeUrl InRepository(FlakeUrl url, string root, string below, string text)
    {
        if (below.Length > 0 && !url.Query.TryAdd("dir", below))
        {
            throw FlakeReferenceRules.Invalid($"'{text}' names the folder '{url.Query["dir"]}' and stands for the folder '{below}' of {root}");
        }

        if (File.Exists(Path.Combine(root, ".git", "shallow")))
        {
            url.Query["shallow"] = "1";
        }

        return url with { Scheme = "git+file", Authority = "", Path = root };
    }

    private static FlakeException NotAFlake(string text, string why) =>
        new(NixErrorCodes.NotAFlake, $"'{text}' is not in a flake: {why}. Make one with 'nix flake init', or name another folder.");
}
