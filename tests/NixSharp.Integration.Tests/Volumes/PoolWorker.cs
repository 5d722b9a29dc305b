using System.Globalization;
using NixSharp.Closures;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Volumes;

namespace NixSharp.Integration.Tests.Volumes;

/// <summary>
/// A process that makes, mounts, unmounts and deletes volumes at random until it is killed. Its arguments: the store, the
/// pool, a folder for mounts, a seed, and the store paths that volumes are made of.
/// </summary>
internal static class PoolWorker
{
    public const int Names = 3;

    public static async Task RunAsync(string[] arguments)
    {
        await using var store = LocalStore.Open(arguments[0]);
        var pool = await VolumePool.OpenAsync(arguments[1], store, new VolumePoolOptions { LeaseGrace = TimeSpan.Zero, UnmountTimeout = TimeSpan.Zero });
        var random = new Random(int.Parse(arguments[3], CultureInfo.InvariantCulture));
        var closures = new List<Closure>();
        foreach (var path in arguments[4..])
        {
            closures.Add(await store.GetClosureAsync(StorePath.Parse(path, store.StoreDirectory)));
        }

        await Console.Out.WriteLineAsync("ready");
        while (true)
        {
            try
            {
                await StepAsync(pool, closures, random, arguments[2]);
            }
            catch (VolumeException error) when (error.Code is NixErrorCodes.VolumeOfOtherClosure or NixErrorCodes.VolumeInUse or NixErrorCodes.NotAVolume or NixErrorCodes.MountTargetOccupied)
            {
                // Random steps ask for what cannot be; the next one is another.
            }
        }
    }

    private static async Task StepAsync(VolumePool pool, List<Closure> closures, Random random, string mounts)
    {
        var number = random.Next(Names);
        var name = VolumeName.Parse($"v{number}");
        var target = Path.Combine(mounts, number.ToString(CultureInfo.InvariantCulture), "nix");
        switch (random.Next(7))
        {
            case 0 or 1:
                await pool.CreateAsync(name, closures[random.Next(closures.Count)], new VolumeOptions { Kind = (VolumeKind)random.Next(2), Sync = random.Next(4) == 0 });
                break;
            case 2 or 3:
                await pool.MountAsync(name, target, new VolumeMountOptions
                {
                    ReadOnly = random.Next(2) == 0,
                    Quota = random.Next(2) == 0 ? 1 << 20 : null,
                    QuotaKind = VolumeQuotaKind.Memory,
                });
                break;
            case 4:
                await pool.UnmountAsync(target);
                break;
            case 5:
                await pool.DeleteAsync(name);
                break;
            default:
                await pool.CollectLeasesAsync();
                break;
        }
    }
}
