using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Csi;
using NixSharp.Volumes;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp volume mount|unmount|restore|release</c>: what takes root, and a pool.</summary>
internal static class VolumeMountCommands
{
    public static IEnumerable<Command> Create() => [CreateMount(), CreateUnmount(), CreateRestore(), CreateRelease()];

    private static Command CreateMount()
    {
        var volume = new Argument<string>("volume") { Description = "The volume's name in the pool." };
        var target = new Argument<string>("target") { Description = "Where it is mounted: a folder, which is made if need be." };
        var pool = VolumePools.CreateRequiredOption();
        var writable = new Option<bool>("--writable") { Description = "Let files be written and changed there, in a layer that goes when the volume is unmounted." };
        var quota = new Option<string?>("--quota") { Description = "The most that may be written, such as 500M or 2Gi; only with --writable.", HelpName = "SIZE" };
        var quotaIn = new Option<string>("--quota-in") { Description = "What the quota is a part of: 'image' (ext4, in the pool), 'memory', or 'any'.", HelpName = "PLACE", DefaultValueFactory = static _ => "any" };
        quotaIn.AcceptOnlyFromAmong("any", "image", "memory");
        var whole = new Option<bool>("--whole") { Description = "Mount the volume's root, which has 'nix' in it, instead of that." };
        var command = new Command("mount", "Mount a volume, read-only if not asked otherwise. Again is no error, and does not stack.") { volume, target, pool, writable, quota, quotaIn, whole };
        command.Validators.Add(result =>
        {
            if (result.GetValue(quota) is not null && !result.GetValue(writable))
            {
                result.AddError("A quota is for what is written: give --writable too.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new VolumeMountOptions
            {
                ReadOnly = !parsed.GetValue(writable),
                Quota = parsed.GetValue(quota) is { } size ? CsiOptions.ParseSize(size) : null,
                QuotaKind = Enum.Parse<VolumeQuotaKind>(parsed.GetValue(quotaIn)!, ignoreCase: true),
                Layout = parsed.GetValue(whole) ? VolumeRootLayout.Volume : VolumeRootLayout.Nix,
            };
            var name = VolumeName.Parse(parsed.GetRequiredValue(volume));
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var opened = await VolumePool.OpenAsync(parsed.GetRequiredValue(pool), store, cancellationToken: cancellationToken);
            var mount = await opened.MountAsync(name, Path.GetFullPath(parsed.GetRequiredValue(target)), options, cancellationToken);
            Output.Print(parsed, mount.Target, () => VolumeText.Json(mount));
        });
        return command;
    }

    private static Command CreateUnmount()
    {
        var target = new Argument<string>("target") { Description = "Where the volume is mounted." };
        var pool = VolumePools.CreateRequiredOption();
        var timeout = new Option<double>("--timeout") { Description = "How many seconds to wait for programs that use it, before it is unmounted lazily.", HelpName = "SECONDS", DefaultValueFactory = static _ => VolumePoolOptions.Default.UnmountTimeout.TotalSeconds };
        var command = new Command("unmount", "Unmount a volume, and delete what was written to it there. Where nothing is mounted, nothing is done.") { target, pool, timeout };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var opened = await VolumePool.OpenAsync(parsed.GetRequiredValue(pool), store, cancellationToken: cancellationToken);
            var place = Path.GetFullPath(parsed.GetRequiredValue(target));
            var found = await opened.UnmountAsync(place, TimeSpan.FromSeconds(parsed.GetValue(timeout)), cancellationToken);
            Output.Print(parsed, found ? place : "", () => new JObject { ["target"] = place, ["wasMounted"] = found });
        });
        return command;
    }

    private static Command CreateRestore()
    {
        var pool = VolumePools.CreateRequiredOption();
        var command = new Command("restore", "After a restart of the machine, mount again what was mounted before it.") { pool };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var opened = await VolumePool.OpenAsync(parsed.GetRequiredValue(pool), store, cancellationToken: cancellationToken);
            var mounts = await opened.RestoreMountsAsync(cancellationToken);
            Output.Print(parsed, string.Join('\n', mounts.Select(static mount => $"{mount.Target}  {mount.State.ToString().ToLowerInvariant()}")), () => new JArray(mounts.Select(VolumeText.Json)));
            return mounts.All(static mount => mount.State == VolumeMountState.Mounted) ? 0 : NixSharpTool.Failure;
        });
        return command;
    }

    private static Command CreateRelease()
    {
        var pool = VolumePools.CreateRequiredOption();
        var grace = new Option<double>("--grace") { Description = "For how many seconds the closure of a deleted volume is kept.", HelpName = "SECONDS", DefaultValueFactory = static _ => VolumePoolOptions.Default.LeaseGrace.TotalSeconds };
        var command = new Command("release", "Let go of the closures of volumes that were deleted a while ago, so that the store's next collection may delete them.") { pool, grace };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var options = new VolumePoolOptions { LeaseGrace = TimeSpan.FromSeconds(parsed.GetValue(grace)) };
            var opened = await VolumePool.OpenAsync(parsed.GetRequiredValue(pool), store, options, cancellationToken);
            var ended = await opened.CollectLeasesAsync(cancellationToken);
            Output.Print(parsed, $"{ended} released", () => new JObject { ["released"] = ended });
        });
        return command;
    }
}
