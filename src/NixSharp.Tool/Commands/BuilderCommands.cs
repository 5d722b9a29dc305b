using System.CommandLine;
using System.Globalization;
using Newtonsoft.Json.Linq;
using NixSharp.Building.Machines;
using NixSharp.GitOps.Kubernetes.Api;
using NixSharp.Stores;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp builders ...</c></summary>
internal static class BuilderCommands
{
    private static readonly Option<string[]> Machine = Many("--machine", "A machine, as a line of /etc/nix/machines.", "LINE");
    private static readonly Option<string[]> MachinesFile = Many("--machines-file", "A file of such lines.", "FILE");
    private static readonly Option<string[]> Service = Many("--service", "A line with a headless service of the cluster in place of the host, SERVICE or SERVICE.NAMESPACE; each of its pods that is ready becomes a machine.", "LINE");
    private static readonly Option<string?> HostKeyFile = new("--host-key-file") { Description = "The public key of machines that are not told theirs, such as ssh_host_ed25519_key.pub.", HelpName = "FILE" };

    public static Command Create() => new("builders", "Other machines that build.")
    {
        CreateList(),
        CreateWrite(),
        CreateCheck(),
    };

    private static Command CreateList()
    {
        var command = WithSources(new Command("list", "List machines, as lines of /etc/nix/machines."));
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var machines = await FindAsync(parsed, cancellationToken);
            Output.Print(parsed, string.Join('\n', machines), () => new JArray(machines.Select(Describe)));
        });
        return command;
    }

    private static Command CreateWrite()
    {
        var folder = new Argument<string>("folder") { Description = "Gets the files machines, ssh_config and known_hosts." };
        var every = new Option<double?>("--every") { Description = "Go on, and bring the files up to date this often. What fails then is told, and tried again.", HelpName = "SECONDS" };
        var command = WithSources(new Command("write", "Write the files by which Nix and SSH use machines.") { folder, every });
        command.Validators.Add(result =>
        {
            if (result.GetValue(every) is <= 0)
            {
                result.AddError("--every takes a number of seconds above 0.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(every) is not { } seconds)
            {
                await WriteAsync(parsed, folder, cancellationToken);
                return;
            }

            while (!cancellationToken.IsCancellationRequested)
            {
                try
                {
                    await WriteAsync(parsed, folder, cancellationToken);
                }
                catch (NixException error)
                {
                    await Console.Error.WriteLineAsync(ErrorText.Of(error, parsed.GetValue(GlobalOptions.Verbose)));
                }

                await Task.Delay(TimeSpan.FromSeconds(seconds), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });
        return command;
    }

    private static Command CreateCheck()
    {
        var timeout = new Option<double>("--timeout") { Description = "How long each may take.", HelpName = "SECONDS", DefaultValueFactory = static _ => 30 };
        var command = WithSources(new Command("check", "Ask each machine's daemon who it is, and fail where one does not answer.") { timeout });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var results = await MachineCheck.RunAsync(await FindAsync(parsed, cancellationToken), TimeSpan.FromSeconds(parsed.GetValue(timeout)), cancellationToken);
            Output.Print(
                parsed,
                string.Join('\n', results.Where(static result => result.Problem is null).Select(static result =>
                    string.Create(CultureInfo.InvariantCulture, $"{result.Machine.Store.ToDisplayString()}  {result.Daemon?.Program}  {result.Elapsed.TotalMilliseconds:0} ms"))),
                () => new JArray(results.Select(static result => new JObject
                {
                    ["store"] = result.Machine.Store.ToDisplayString(),
                    ["version"] = result.Daemon?.Program,
                    ["trusted"] = result.Daemon?.IsTrusted,
                    ["milliseconds"] = Math.Round(result.Elapsed.TotalMilliseconds),
                    ["problem"] = result.Problem,
                })));
            MachineCheck.ThrowIfAny(results);
        });
        return command;
    }

    private static async Task WriteAsync(ParseResult parsed, Argument<string> folder, CancellationToken cancellationToken)
    {
        var machines = await FindAsync(parsed, cancellationToken);
        var path = parsed.GetRequiredValue(folder);
        if (await MachineFolder.WriteAsync(path, machines, cancellationToken))
        {
            Output.Print(parsed, $"{Path.Combine(path, MachineFolder.MachinesFile)}: {machines.Count} machines", () => new JArray(machines.Select(Describe)));
        }
    }

    private static async Task<IReadOnlyList<BuildMachine>> FindAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        List<BuildMachine> machines = [.. (parsed.GetValue(Machine) ?? []).SelectMany(static line => BuildMachine.ParseAll(line)), .. (parsed.GetValue(MachinesFile) ?? []).SelectMany(BuildMachine.ReadFile)];
        var services = (parsed.GetValue(Service) ?? []).SelectMany(static line => BuildMachine.ParseAll(line)).ToList();
        if (services.Count > 0)
        {
            using var client = new ClusterClient(ClusterAccess.FromPod());
            foreach (var service in services)
            {
                machines.AddRange(await ClusterMachines.FindAsync(client, service, cancellationToken));
            }
        }

        return parsed.GetValue(HostKeyFile) is { } file ? await MachineHosts.WithHostKeyFileAsync(machines, file, cancellationToken) : machines;
    }

    private static JObject Describe(BuildMachine machine) => new()
    {
        ["store"] = machine.Store.ToDisplayString(),
        ["systems"] = new JArray(machine.Systems),
        ["maxJobs"] = machine.MaxJobs,
        ["speedFactor"] = machine.SpeedFactor,
        ["supportedFeatures"] = new JArray(machine.SupportedFeatures),
        ["mandatoryFeatures"] = new JArray(machine.MandatoryFeatures),
    };

    private static Command WithSources(Command command)
    {
        foreach (var option in (Option[])[Machine, MachinesFile, Service, HostKeyFile])
        {
            command.Options.Add(option);
        }

        return command;
    }

    private static Option<string[]> Many(string name, string description, string value) =>
        new(name) { Description = $"{description} May be given several times.", HelpName = value };
}
