using NixSharp.Derivations;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Protocol;

/// <summary>What <see cref="WorkerOperation.BuildPaths"/>, <see cref="WorkerOperation.BuildPathsWithResults"/> and <see cref="WorkerOperation.BuildDerivation"/> are asked.</summary>
internal static class BuildRequest
{
    public static void Write(WireWriter writer, IReadOnlyCollection<DerivedPath> paths, BuildMode mode)
    {
        writer.WriteDerivedPaths(paths);
        writer.WriteBuildMode(mode);
    }

    public static async ValueTask<(IReadOnlyList<DerivedPath> Paths, BuildMode Mode)> ReadAsync(WireReader reader, CancellationToken cancellationToken) => (
        await reader.ReadDerivedPathsAsync(cancellationToken).ConfigureAwait(false),
        await reader.ReadBuildModeAsync(cancellationToken).ConfigureAwait(false));

    public static void WriteDerivation(WireWriter writer, StorePath path, Derivation derivation, BuildMode mode)
    {
        writer.WritePath(path);
        writer.WriteDerivation(derivation);
        writer.WriteBuildMode(mode);
    }

    public static async ValueTask<(StorePath Path, Derivation Derivation, BuildMode Mode)> ReadDerivationAsync(WireReader reader, CancellationToken cancellationToken)
    {
        var path = await reader.ReadPathAsync(cancellationToken).ConfigureAwait(false);
        return (
            path,
            await reader.ReadDerivationAsync(Derivation.NameOf(path), cancellationToken).ConfigureAwait(false),
            await reader.ReadBuildModeAsync(cancellationToken).ConfigureAwait(false));
    }

    public static void WriteBuildMode(this WireWriter writer, BuildMode mode) => writer.WriteNumber((ulong)mode);

    public static async ValueTask<BuildMode> ReadBuildModeAsync(this WireReader reader, CancellationToken cancellationToken)
    {
        var mode = await reader.ReadInt32Async(cancellationToken).ConfigureAwait(false);
        return Enum.IsDefined((BuildMode)mode) ? (BuildMode)mode : throw reader.Invalid($"{mode} is no reason for a build");
    }
}
