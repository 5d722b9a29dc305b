namespace NixSharp.GitOps.Secrets;

/// <summary>Files of lines: <c>.env</c>, where the metadata's names begin with <c>sops_</c>, and <c>.ini</c>, where it has a section.</summary>
internal static class SopsLines
{
    private const string Prefix = "sops_";

    public static void Walk(string text, SopsWalk walk)
    {
        var section = "";
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (line.Length == 0 || line[0] is '#' or ';')
            {
                continue;
            }

            if (line[0] == '[' && line[^1] == ']')
            {
                section = line[1..^1].Trim();
                continue;
            }

            var name = equals < 0 ? line : line[..equals].Trim();
            var value = equals < 0 ? line : line[(equals + 1)..].Trim();
            if (section.Length == 0 && name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                walk.Begin(isMap: true);
                walk.Key("sops");
                walk.Begin(isMap: true);
                walk.Key(name[Prefix.Length..]);
                walk.Value(value, i + 1);
                walk.End();
                walk.End();
                continue;
            }

            walk.Begin(isMap: true);
            if (section.Length > 0)
            {
                walk.Key(section);
                walk.Begin(isMap: true);
            }

            // A line without a name may be a value as a whole, and is not to be shown.
            if (equals >= 0)
            {
                walk.Key(name);
            }

            walk.Value(value, i + 1);
            if (section.Length > 0)
            {
                walk.End();
            }

            walk.End();
        }
    }
}
