using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Files;

namespace NixSharp.Nar;

/// <summary>What is in a NAR, in the JSON of <c>nix nar ls --json --recursive</c> and of a binary cache's <c>.ls</c> files.</summary>
public static class NarListing
{
    /// <summary>Lists the NAR that <paramref name="input"/> starts with.</summary>
    /// <returns>The root node: <c>type</c>, and <c>entries</c>, <c>size</c>, <c>executable</c>, <c>narOffset</c> or <c>target</c>.</returns>
    /// <exception cref="NixFormatException">The bytes are no canonical NAR.</exception>
    public static JObject Read(Stream input, CancellationToken cancellationToken = default)
    {
        var builder = new Builder();
        NarReader.Read(input, builder, cancellationToken);
        return builder.Root!;
    }

    private sealed class Builder : IFileTreeSink
    {
        private readonly Stack<JObject> _open = new();

        public JObject? Root { get; private set; }

        public void BeginDirectory(ReadOnlySpan<byte> name)
        {
            var entries = new JObject();
            Add(name, new JObject { ["type"] = "directory", ["entries"] = entries });
            _open.Push(entries);
        }

        public void EndDirectory() => _open.Pop();

        public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents)
        {
            var node = new JObject { ["type"] = "regular", ["size"] = size };
            if (executable)
            {
                node["executable"] = true;
            }

            node["narOffset"] = ((NarFileContents)contents).NarOffset;
            Add(name, node);
        }

        public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target) =>
            Add(name, new JObject { ["type"] = "symlink", ["target"] = Encoding.UTF8.GetString(target) });

        private void Add(ReadOnlySpan<byte> name, JObject node)
        {
            if (_open.TryPeek(out var folder))
            {
                folder[Encoding.UTF8.GetString(name)] = node;
            }
            else
            {
                Root = node;
            }
        }
    }
}
