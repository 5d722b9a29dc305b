using Microsoft.Data.Sqlite;
using NixSharp.Files;

namespace NixSharp.Volumes;

/// <summary>Runs what is done with volumes off the caller's thread, and says of which volume an error with a file is.</summary>
internal static class VolumeGuard
{
    private const int DatabaseFull = 13;

    /// <param name="path">The volume.</param>
    /// <param name="deed">What was to be done with it: "created".</param>
    /// <param name="action">Does it.</param>
    /// <param name="cancellationToken">Stops it before it began.</param>
    public static Task<T> RunAsync<T>(string path, string deed, Func<Task<T>> action, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            try
            {
                return await action().ConfigureAwait(false);
            }
            catch (Exception error) when (IsOutOfSpace(error))
            {
                throw new VolumeException(NixErrorCodes.VolumeOutOfSpace, $"The volume at {path} was not {deed}: {error.Message}", path, error);
            }
            catch (Exception error) when (FileErrors.IsFromSystem(error) || error is NixFileException { Code: not NixErrorCodes.StoreLocked })
            {
                throw new VolumeException(NixErrorCodes.VolumeFailed, $"The volume at {path} was not {deed}: {error.Message}", path, error);
            }
        },
        cancellationToken);

    private static bool IsOutOfSpace(Exception error) =>
        error is NixFileException { IsOutOfSpace: true }
        || FileErrors.IsOutOfSpace(error)
        || error.InnerException is SqliteException { SqliteErrorCode: DatabaseFull };
}
