namespace NixSharp.GitOps.ArgoCD;

/// <summary>Follows every link in a path.</summary>
internal static class ResolvedPath
{
    private const int MaxLinks = 40;

    /// <summary>The path without links; null where there are too many, as in a circle.</summary>
    public static string? Of(string path)
    {
        var left = new Stack<string>(Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var resolved = "";
        var links = 0;
        while (left.TryPop(out var name))
        {
            if (name == "..")
            {
                resolved = resolved[..Math.Max(0, resolved.LastIndexOf('/'))];
                continue;
            }

            if (name == ".")
            {
                continue;
            }

            if (new FileInfo($"{resolved}/{name}").LinkTarget is not { } target)
            {
                resolved = $"{resolved}/{name}";
                continue;
            }

            if (++links > MaxLinks)
            {
                return null;
            }

            resolved = target.StartsWith('/') ? "" : resolved;
            foreach (var part in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
            {
                left.Push(part);
            }
        }

        return resolved;
    }
}
