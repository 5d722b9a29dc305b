using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Files;

namespace NixSharp.Core.Tests.Files;

/// <summary>A tree that a real Nix has described.</summary>
internal sealed record GoldenTree(string Case, JToken Root)
{
    public static IEnumerable<GoldenTree> All() =>
        NixSharp.Testing.GoldenData.ReadJson("generated-nix-2.8.0/nars/index.json")
            .Properties()
            .Select(static property => new GoldenTree(property.Name, property.Value["tree"]!));

    /// <summary>Whether the description holds the contents of every file, and not only their hashes.</summary>
    public bool IsComplete => !Root.SelectTokens("$..sha256").Select(static hash => (JObject)hash.Parent!.Parent!)
        .Any(static file => file["contents"] is null && file["contentsBase64"] is null);

    /// <summary>The calls that a sink should get.</summary>
    public IReadOnlyList<string> ExpectedCalls()
    {
        var lines = new List<string>();
        Describe(Root, "", lines);
        return lines;
    }

    /// <summary>Writes the tree, the entries of each folder in the wrong order.</summary>
    public void WriteBackwards(IFileTreeSink sink) => Write(Root, [], sink);

    private static void Describe(JToken node, string name, List<string> lines)
    {
        switch ((string)node["type"]!)
        {
            case "directory":
                lines.Add($"folder {name}");
                foreach (var entry in node["entries"]!)
                {
                    Describe(entry, (string)entry["nameHex"]!, lines);
                }

                lines.Add("end");
                break;
            case "symlink":
                lines.Add($"symlink {name} {Convert.ToHexStringLower(Encoding.UTF8.GetBytes((string)node["target"]!))}");
                break;
            default:
                lines.Add($"file {name} {(bool)node["executable"]!} {(long)node["size"]!} {(string)node["sha256"]!}");
                break;
        }
    }

    private static void Write(JToken node, byte[] name, IFileTreeSink sink)
    {
        switch ((string)node["type"]!)
        {
            case "directory":
                sink.BeginDirectory(name);
                foreach (var entry in node["entries"]!.Reverse())
                {
                    Write(entry, Convert.FromHexString((string)entry["nameHex"]!), sink);
                }

                sink.EndDirectory();
                break;
            case "symlink":
                sink.AddSymlink(name, Encoding.UTF8.GetBytes((string)node["target"]!));
                break;
            default:
                var contents = node["contentsBase64"] is { } base64
                    ? Convert.FromBase64String((string)base64!)
                    : Encoding.UTF8.GetBytes((string)node["contents"]!);
                sink.AddFile(name, (bool)node["executable"]!, contents.Length, new MemoryStream(contents));
                break;
        }
    }
}
