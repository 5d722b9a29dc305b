using System.Text;
using NixSharp.Files;

namespace NixSharp.Flakes.Locks;

/// <summary>
/// A <c>flake.lock</c>: which state of its inputs a flake was built with. Versions 5 to 7 are read and printed; what Nix
/// wrote is printed to the byte. Every input leads somewhere: a lock file with a gap or a circle of <c>follows</c> is refused.
/// </summary>
public sealed partial class FlakeLock
{
    /// <summary>The oldest version that is read.</summary>
    public const int OldestVersion = 5;

    /// <summary>The newest version that is read.</summary>
    public const int NewestVersion = 7;

    private const int MaxFileSize = 16 << 20;
    private readonly FlakeLockGraph _graph;

    /// <summary>Makes a lock of nodes.</summary>
    /// <exception cref="FlakeException">An input leads nowhere or in a circle, or a node is not locked.</exception>
    public FlakeLock(IReadOnlyDictionary<string, FlakeLockNode> nodes, string root = "root", int version = NewestVersion)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(root);
        ArgumentOutOfRangeException.ThrowIfLessThan(version, OldestVersion);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(version, NewestVersion);
        var sorted = new SortedDictionary<string, FlakeLockNode>(StringComparer.Ordinal);
        foreach (var (name, node) in nodes)
        {
            sorted.Add(name, node.Inputs is SortedDictionary<string, FlakeLockInput> ? node : node with { Inputs = new SortedDictionary<string, FlakeLockInput>(node.Inputs.ToDictionary(), StringComparer.Ordinal) });
        }

        (Nodes, Root, Version) = (sorted, root, version);
        _graph = new FlakeLockGraph(this);
    }

    /// <summary>The nodes by name, in byte order.</summary>
    public IReadOnlyDictionary<string, FlakeLockNode> Nodes { get; }

    /// <summary>The name of the node that stands for the flake itself.</summary>
    public string Root { get; }

    /// <summary>The version of the format.</summary>
    public int Version { get; }

    /// <summary>Reads the text of a lock file.</summary>
    /// <exception cref="FlakeException">It is no lock file, or of a version that is not known.</exception>
    public static FlakeLock Parse(string text) => FlakeLockReader.Read(text);

    /// <summary>Reads a lock file.</summary>
    /// <param name="path">The file, or the folder that has a <c>flake.lock</c>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="FlakeException">It is no lock file, or of a version that is not known.</exception>
    /// <exception cref="NixFileException">The file is missing or unreadable.</exception>
    public static async Task<FlakeLock> ReadAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        full = Directory.Exists(full) ? Path.Combine(full, "flake.lock") : full;
        var text = await SmallFile.ReadTextAsync(full, MaxFileSize, NixErrorCodes.InvalidFlakeLock, cancellationToken).ConfigureAwait(false);
        try
        {
            return Parse(text);
        }
        catch (FlakeException error)
        {
            throw new FlakeException(error.Code, $"{full}: {error.Message}", error);
        }
    }

    /// <summary>Writes the file.</summary>
    /// <exception cref="NixFileException">The file cannot be written; what was there is still there.</exception>
    public Task WriteAsync(string path, CancellationToken cancellationToken = default) =>
        AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes(ToString()), cancellationToken);

    /// <summary>The text of the file, as Nix writes it.</summary>
    public override string ToString() => FlakeLockWriter.Write(this);

    internal static FlakeException Invalid(string why, Exception? error = null) => new(
        NixErrorCodes.InvalidFlakeLock,
        $"The lock file cannot be used: {why}. Get it back from version control, or have Nix make it again with 'nix flake lock'.",
        error);
}
