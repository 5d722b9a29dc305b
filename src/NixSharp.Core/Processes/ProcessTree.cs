using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace NixSharp.Processes;

/// <summary>
/// A process and its descendants at one moment. Each is remembered with its start time, so that a process id that
/// was given to a stranger since is left alone. Read from <c>/proc</c>; without one, only the process itself is known.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed partial class ProcessTree
{
    private const int Sigterm = 15;
    private const int Sigkill = 9;
    private const int Sigstop = 19;
    private readonly List<(int Id, ulong Start)> _members;

    private ProcessTree(List<(int Id, ulong Start)> members)
    {
        _members = members;
    }

    /// <summary>Stops a process for good, so that it starts no others while <see cref="Of"/> looks; only a kill ends it then.</summary>
    public static void Freeze(int root) => _ = SendSignal(root, Sigstop);

    public static ProcessTree Of(int root)
    {
        var children = new Dictionary<int, List<(int Id, ulong Start)>>();
        foreach (var folder in Directory.Exists("/proc/self") ? Directory.EnumerateDirectories("/proc") : [])
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), CultureInfo.InvariantCulture, out var id) && Read(id) is { } stat)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(children, stat.Parent, out _) ??= [];
                children[stat.Parent].Add((id, stat.Start));
            }
        }

        var members = new List<(int Id, ulong Start)> { (root, Read(root)?.Start ?? 0) };
        for (var next = 0; next < members.Count; next++)
        {
            members.AddRange(children.GetValueOrDefault(members[next].Id) ?? []);
        }

        return new ProcessTree(members);
    }

    /// <summary>Asks every member that is still there to end.</summary>
    public void Ask() => Signal(Sigterm);

    /// <summary>Ends every member that is still there.</summary>
    public void Kill() => Signal(Sigkill);

    private void Signal(int signal)
    {
        foreach (var (id, start) in _members)
        {
            // A member that is gone has ended as it should.
            if ((Read(id)?.Start ?? 0) == start)
            {
                _ = SendSignal(id, signal);
            }
        }
    }

    private static (int Parent, ulong Start)? Read(int id)
    {
        try
        {
            // The name, in parentheses, may hold anything; the fields are counted from its end.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), ulong.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
