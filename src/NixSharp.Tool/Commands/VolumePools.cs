using System.CommandLine;
using NixSharp.Volumes;

namespace NixSharp.Tool.Commands;

/// <summary>Volumes as commands name them: by a folder, or by a name in a pool.</summary>
internal static class VolumePools
{
    public static Option<string?> CreateOption() => new("--pool") { Description = "The folder of a pool of volumes; the volume is then given by its name there.", HelpName = "DIR" };

    public static Option<string> CreateRequiredOption() => new("--pool") { Description = "The folder of a pool of volumes.", HelpName = "DIR", Required = true };

    public static Argument<string> CreateArgument() => new("volume") { Description = "The volume's folder, or with --pool its name." };

    /// <summary>Does something with a volume in a pool, or with one alone.</summary>
    public static async Task<T> RunAsync<T>(
        ParseResult parsed,
        Option<string?> pool,
        Argument<string> volume,
        Func<VolumePool, VolumeName, Task<T>> inPool,
        Func<StoreVolume, Task<T>> alone,
        CancellationToken cancellationToken)
    {
        var text = parsed.GetRequiredValue(volume);
        if (parsed.GetValue(pool) is not { } folder)
        {
            return await alone(await StoreVolume.OpenAsync(text, cancellationToken));
        }

        var name = VolumeName.Parse(text);
        await using var store = await parsed.OpenStoreAsync(cancellationToken);
        return await inPool(await VolumePool.OpenAsync(folder, store, cancellationToken: cancellationToken), name);
    }
}
