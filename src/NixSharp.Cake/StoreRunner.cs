using Cake.Core;
using Cake.Core.IO;
using NixSharp.Stores;

namespace NixSharp.Cake;

/// <summary>Runs what an alias does, with the store open and in Cake's manner of errors.</summary>
internal static class StoreRunner
{
    /// <summary>Opens the store of <paramref name="settings"/>, runs <paramref name="work"/>, closes the store.</summary>
    public static T Run<T>(ICakeContext context, NixSettings settings, Func<INixStore, Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        var uri = FullUri(context, settings.Store);
        return Run(async () =>
        {
            var store = await NixStore.OpenAsync(uri).ConfigureAwait(false);
            await using (store.ConfigureAwait(false))
            {
                return await work(store).ConfigureAwait(false);
            }
        });
    }

    /// <summary>A store URI that a script gave; a folder that starts with a dot is relative to the script.</summary>
    public static string FullUri(ICakeContext context, string uri) =>
        uri.StartsWith('.') ? new DirectoryPath(uri).MakeAbsolute(context.Environment).FullPath : uri;

    /// <summary>The absolute form of a path that a script gave; null stays null.</summary>
    public static string? FullPath(ICakeContext context, string? path) =>
        path is null ? null : new FilePath(path).MakeAbsolute(context.Environment).FullPath;

    /// <summary>Runs <paramref name="work"/> to its end; its errors become Cake's, with their code in front.</summary>
    public static T Run<T>(Func<Task<T>> work)
    {
        try
        {
            // On the pool, so that a host with a synchronisation context cannot lock up.
            return Task.Run(work).GetAwaiter().GetResult();
        }
        catch (NixException exception)
        {
            throw new CakeException($"{exception.Code}: {exception.Message}", exception);
        }
    }
}
