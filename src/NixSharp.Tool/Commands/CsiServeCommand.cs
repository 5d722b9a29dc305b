using System.CommandLine;
using System.Net;
using NixSharp.Csi;
using NixSharp.GitOps.Kubernetes.Api;
using NixSharp.GitOps.Kubernetes.Csi;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp csi serve</c></summary>
internal static class CsiServeCommand
{
    private static readonly CsiOptions Defaults = new() { NodeId = Environment.MachineName };

    private static readonly Option<string> Endpoint = Text("--endpoint", "The socket to listen at. Default: $CSI_ENDPOINT, else unix:///csi/csi.sock.", "URI", "CSI_ENDPOINT", Defaults.Endpoint);
    private static readonly Option<string> DriverName = Text("--driver-name", "The driver's name: nix.csi.store, nixkube, or another.", "NAME", null, Defaults.Name);
    private static readonly Option<string> NodeId = Text("--node-id", "The node's name in the cluster. Default: $NODE_NAME, else the host's name.", "NAME", "NODE_NAME", Defaults.NodeId);
    private static readonly Option<string> State = Text("--state", "The folder for volumes, on the file system of the store.", "FOLDER", null, Defaults.StateFolder);
    private static readonly Option<long> MaxVolumes = new("--max-volumes") { Description = "How many volumes the node may have; 0 for any number.", HelpName = "N" };
    private static readonly Option<string[]> Substituter = Many("--substituter", "A store that paths are fetched from. Default: those of nix.conf.", "URI");
    private static readonly Option<string[]> TrustedKey = Many("--trusted-public-key", "A key whose signatures count. Default: those of nix.conf.", "KEY");
    private static readonly Option<bool> StorePathsOnly = new("--store-paths-only") { Description = "Volumes may be store paths only: no flakes, no expressions." };
    private static readonly Option<bool> SignedOnly = new("--signed-only") { Description = "Every path of a volume has to be signed by a trusted key, or be content-addressed." };
    private static readonly Option<string[]> AllowedSubstituter = Many("--allowed-substituter", "A substituter that volumes may name; * at the end allows all that begin like it. Volumes may then name keys to trust, too.", "URI");
    private static readonly Option<string?> MaxClosureSize = new("--max-closure-size") { Description = "The largest closure that a volume may have, in bytes, or as in 20Gi.", HelpName = "SIZE" };
    private static readonly Option<string?> Cache = new("--cache") { Description = "A store that what is built here is pushed to.", HelpName = "URI" };
    private static readonly Option<string?> CacheKeyFile = new("--cache-key-file") { Description = "The key that signs what is pushed.", HelpName = "FILE" };
    private static readonly Option<string?> Builders = new("--builders") { Description = "Builders on other machines, as in nix.conf: @FILE, or lines. Default: those of nix.conf.", HelpName = "BUILDERS" };
    private static readonly Option<int?> MaxJobs = new("--max-jobs") { Description = "How many builds run on this node at once; 0 leaves all to the builders.", HelpName = "N" };
    private static readonly Option<VolumeEngine> Engine = new("--engine") { Description = "How volumes have their closures: links (hard links), or bind (a mount for each store path).", DefaultValueFactory = static _ => Defaults.Engine };
    private static readonly Option<bool> MountVolumeRoot = new("--mount-volume-root") { Description = "Give pods the folder with nix in it, for subPath: nix, in place of nix itself." };
    private static readonly Option<double> PublishWait = Seconds("--publish-wait", "How long a call waits for a volume.", Defaults.PublishWait);
    private static readonly Option<double> RealiseTimeout = Seconds("--realise-timeout", "How long fetching and building may take for one volume.", Defaults.RealisationTimeout);
    private static readonly Option<double> CacheTimeout = Seconds("--cache-timeout", "How long a binary cache may show no sign of life.", Defaults.CacheTimeout);
    private static readonly Option<double> ShutdownGrace = Seconds("--shutdown-grace", "How long calls may go on after SIGTERM.", Defaults.ShutdownGrace);
    private static readonly Option<double> LeaseGrace = Seconds("--lease-grace", "How long closures are kept from being collected once their volumes are gone.", Defaults.LeaseGrace);
    private static readonly Option<double?> CollectionInterval = new("--gc-interval") { Description = "How often the store's garbage is collected. Default: never.", HelpName = "SECONDS" };
    private static readonly Option<int?> MetricsPort = new("--metrics-port") { Description = "Serve metrics over HTTP at this port; 0 takes one that is free.", HelpName = "PORT" };
    private static readonly Option<string> MetricsListen = Text("--metrics-listen", "The address for metrics.", "ADDRESS", null, "0.0.0.0");
    private static readonly Option<bool> NoEvents = new("--no-events") { Description = "Post no events about pods. They are posted where this runs in a pod." };
    private static readonly Option<LogFormat> LogStyle = new("--log-format") { Description = "json or logfmt.", DefaultValueFactory = static _ => LogFormat.Json };

    public static Command Create()
    {
        var command = new Command("serve", "Run the CSI driver on this node, until it is stopped. Needs root.")
        {
            Endpoint, DriverName, NodeId, State, MaxVolumes, Substituter, TrustedKey, StorePathsOnly, SignedOnly, AllowedSubstituter, MaxClosureSize,
            Cache, CacheKeyFile, Builders, MaxJobs, Engine, MountVolumeRoot, PublishWait, RealiseTimeout, CacheTimeout, ShutdownGrace, LeaseGrace, CollectionInterval,
            MetricsPort, MetricsListen, NoEvents, LogStyle,
        };
        command.Validators.Add(static result =>
        {
            if (result.GetResult(MetricsListen) is { Implicit: false } listen && !IPAddress.TryParse(listen.GetValueOrDefault<string>(), out _))
            {
                result.AddError("--metrics-listen takes an IP address, such as 127.0.0.1, 0.0.0.0 or ::.");
            }

            if (result.GetValue(MetricsPort) is < 0 or > 65535)
            {
                result.AddError("--metrics-port takes a number up to 65535.");
            }
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = ReadOptions(parsed);
        await using var driver = await CsiDriver.StartAsync(options, cancellationToken);
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static CsiOptions ReadOptions(ParseResult parsed) => new()
    {
        Endpoint = parsed.GetRequiredValue(Endpoint),
        Name = parsed.GetRequiredValue(DriverName),
        NodeId = parsed.GetRequiredValue(NodeId),
        StateFolder = parsed.GetRequiredValue(State),
        MaxVolumes = parsed.GetValue(MaxVolumes),
        Store = parsed.GetValue(GlobalOptions.Store)!,
        Substituters = parsed.GetValue(Substituter) is { Length: > 0 } substituters ? substituters : null,
        TrustedKeys = parsed.GetValue(TrustedKey) is { Length: > 0 } keys ? keys : null,
        Policy = new CsiPolicy
        {
            StorePathsOnly = parsed.GetValue(StorePathsOnly),
            SignedOnly = parsed.GetValue(SignedOnly),
            AllowedSubstituters = parsed.GetValue(AllowedSubstituter) ?? [],
            MaxClosureSize = parsed.GetValue(MaxClosureSize) is { } size ? CsiOptions.ParseSize(size) : null,
        },
        Cache = parsed.GetValue(Cache),
        CacheKeyFile = parsed.GetValue(CacheKeyFile),
        Builders = parsed.GetValue(Builders),
        MaxJobs = parsed.GetValue(MaxJobs),
        Engine = parsed.GetValue(Engine),
        MountVolumeRoot = parsed.GetValue(MountVolumeRoot),
        PublishWait = TimeSpan.FromSeconds(parsed.GetValue(PublishWait)),
        RealisationTimeout = TimeSpan.FromSeconds(parsed.GetValue(RealiseTimeout)),
        CacheTimeout = TimeSpan.FromSeconds(parsed.GetValue(CacheTimeout)),
        ShutdownGrace = TimeSpan.FromSeconds(parsed.GetValue(ShutdownGrace)),
        LeaseGrace = TimeSpan.FromSeconds(parsed.GetValue(LeaseGrace)),
        CollectionInterval = parsed.GetValue(CollectionInterval) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        MetricsAddress = parsed.GetValue(MetricsPort) is { } port ? new IPEndPoint(IPAddress.Parse(parsed.GetRequiredValue(MetricsListen)), port) : null,
        Cluster = ClusterAccess.IsInPod && !parsed.GetValue(NoEvents) ? ClusterAccess.FromPod() : null,
        Log = Console.Error,
        LogFormat = parsed.GetValue(LogStyle),
    };

    private static Option<string> Text(string name, string description, string value, string? variable, string otherwise) => new(name)
    {
        Description = description,
        HelpName = value,
        DefaultValueFactory = _ => variable is not null && Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given ? given : otherwise,
    };

    private static Option<double> Seconds(string name, string description, TimeSpan otherwise) =>
        new(name) { Description = description, HelpName = "SECONDS", DefaultValueFactory = _ => otherwise.TotalSeconds };

    private static Option<string[]> Many(string name, string description, string value) =>
        new(name) { Description = $"{description} May be given several times.", HelpName = value };
}
