using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace NixSharp.GitOps.Yaml;

/// <summary>Gives the events of one document again.</summary>
internal sealed class BufferedParser(IReadOnlyList<ParsingEvent> events) : IParser
{
    private int _next;

    public ParsingEvent? Current { get; private set; }

    public bool MoveNext()
    {
        Current = _next < events.Count ? events[_next] : null;
        return _next++ < events.Count;
    }
}
