using NixSharp.Nar;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

public sealed partial class LocalStore
{
    /// <inheritdoc/>
    public Task ReadNarAsync(StorePath path, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        RefuseIfNotValid(path);
        return NarArchive.DumpAsync(GetRealPath(path), destination, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="NixStoreException">The NAR is not what was announced, or nobody who is trusted has signed it.</exception>
    public Task AddNarAsync(PathInfo info, Stream nar, AddNarOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(nar);
        options ??= AddNarOptions.Default;
        return RunAsync(
            () =>
            {
                RefuseUnlessTrusted(info, options);
                return AddPathAsync(info.Path, Unpack, options.Repair, cancellationToken);
            },
            cancellationToken);

        PathInfo Unpack(string staging)
        {
            NarStaging.Unpack(info, nar, staging, cancellationToken);
            return info with { RegistrationTime = DateTimeOffset.UtcNow, Ultimate = info.Ultimate && !options.CheckSignatures };
        }
    }
}
