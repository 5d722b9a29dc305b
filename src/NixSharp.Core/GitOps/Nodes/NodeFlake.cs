using System.Text;
using NixSharp.Files;
using NixSharp.Flakes.Expressions;

namespace NixSharp.GitOps.Nodes;

/// <summary>
/// A flake of machines: an image for each under <c>packages.SYSTEM.NAME</c>, made by nixos-generators, and for the machine
/// that was made from it the same configuration under <c>nixosConfigurations.NAME</c>, with the file systems and the boot
/// loader of the image. nixos-generators and <c>nixosSystem</c> get the arguments that nixos-gitops gives them.
/// </summary>
public sealed partial record NodeFlake
{
    private const string Generators = "nixos-generators";
    private const string HardwareInput = "nixos-hardware";

    /// <summary>The machines.</summary>
    public required IReadOnlyList<NixosNode> Nodes { get; init; }

    /// <summary>
    /// The inputs by name. <c>nixos-generators</c> and, where a machine names hardware, <c>nixos-hardware</c> are added where
    /// they are missing; nixpkgs has to be there.
    /// </summary>
    public required IReadOnlyDictionary<string, FlakeInput> Inputs { get; init; }

    /// <summary>What the flake is for, in a line.</summary>
    public string? Description { get; init; }

    /// <summary>How machines keep themselves up to date, unless they say otherwise; null for not at all.</summary>
    public NodeAutoUpgrade? AutoUpgrade { get; init; }

    /// <summary>Formats beside <see cref="NodeFormat.Known"/>, or in their place, by name.</summary>
    public IReadOnlyDictionary<string, NodeFormat> Formats { get; init; } = new Dictionary<string, NodeFormat>();

    /// <summary>The files of the repository by their paths in it: <c>flake.nix</c>, and <c>formats/FORMAT.nix</c> for each format in use.</summary>
    /// <exception cref="GitOpsException">A machine cannot be described.</exception>
    public IReadOnlyDictionary<string, string> ToFiles()
    {
        NodeRules.Check(this);
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["flake.nix"] = ToFlake().ToString() };
        foreach (var name in Nodes.Select(static node => node.Format).Distinct())
        {
            files[$"formats/{name}.nix"] = $"# The file systems and the boot loader of {name} images.\n{FindFormat(name)!.ToModule()}\n";
        }

        return files;
    }

    /// <summary>Writes the files, each in place of what is there, where that is something else.</summary>
    /// <returns>The files that were written, by their paths in the folder.</returns>
    /// <exception cref="GitOpsException">A machine cannot be described.</exception>
    /// <exception cref="NixFileException">A file cannot be written.</exception>
    public async Task<IReadOnlyList<string>> WriteAsync(string folder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var full = Path.GetFullPath(folder);
        var written = new List<string>();
        foreach (var (name, text) in ToFiles())
        {
            if (await AtomicFile.WriteIfDifferentAsync(Path.Combine(full, name), Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false))
            {
                written.Add(name);
            }
        }

        return written;
    }

    internal NodeFormat? FindFormat(string name) => Formats.GetValueOrDefault(name) ?? NodeFormat.Known.GetValueOrDefault(name);

    private FlakeFile ToFlake()
    {
        var inputs = Inputs.ToDictionary();
        inputs.TryAdd(Generators, FlakeInput.From("github:nix-community/nixos-generators") with { InputFollows = new Dictionary<string, string> { ["nixpkgs"] = "nixpkgs" } });
        if (Nodes.Any(static node => node.Hardware.Count > 0))
        {
            inputs.TryAdd(HardwareInput, FlakeInput.From("github:NixOS/nixos-hardware"));
        }

        var node = new NixVariable("node");
        return new FlakeFile
        {
            Description = Description ?? "Machines, and the images that they are made from",
            Inputs = inputs,
            Outputs = new NixLet(
                [
                    new NixAttribute("nodes", new NixSet([.. Ordered(Nodes).Select(one => new NixAttribute(one.Name, Describe(one)))])),
                    new NixAttribute("arguments", new NixFunction("node", new NixSet(
                        new NixInherit("system", "modules") { From = node },
                        new NixAttribute("specialArgs", new NixSet(
                            new NixInherit("self"),
                            new NixAttribute("nodeHostName", node["name"]),
                            new NixInherit("nixpkgs") { From = node }))))),
                    new NixAttribute("image", new NixFunction("node", new NixCall(
                        new NixVariable(Generators)["nixosGenerate"],
                        new NixOperation(new NixCall(new NixVariable("arguments"), node), "//", new NixSet(new NixInherit("format") { From = node }))))),
                    new NixAttribute("machine", new NixFunction("node", new NixCall(
                        node["nixpkgs", "lib", "nixosSystem"],
                        new NixOperation(new NixCall(new NixVariable("arguments"), node), "//", new NixSet(new NixAttribute("modules", new NixOperation(
                            node["modules"],
                            "++",
                            new NixList(new NixOperation(new NixPath("./formats"), "+", new NixString("/", node["format"], ".nix")))))))))),
                ],
                new NixSet(
                    new NixAttribute("packages", new NixSet([.. Nodes.GroupBy(static one => one.System).OrderBy(static group => group.Key, StringComparer.Ordinal)
                        .Select(static group => new NixAttribute(group.Key, new NixSet([.. Ordered(group).Select(static one => Apply("image", one))])))])),
                    new NixAttribute("nixosConfigurations", new NixSet([.. Ordered(Nodes).Select(static one => Apply("machine", one))])))),
        };
    }

    private NixSet Describe(NixosNode node)
    {
        var modules = node.Modules.Select(NodeRules.ReadModule)
            .Concat(node.Hardware.Select(static name => new NixVariable(HardwareInput)["nixosModules", name]))
            .ToList();
        if ((node.AutoUpgrade ?? AutoUpgrade) is { } upgrade)
        {
            modules.Add(upgrade.ToModule(node.Name));
        }

        return new NixSet(
            new NixAttribute("name", node.Name),
            new NixAttribute("system", node.System),
            new NixAttribute("format", node.Format),
            new NixAttribute("modules", new NixList(modules)),
            node.Nixpkgs == "nixpkgs" ? new NixInherit("nixpkgs") : new NixAttribute("nixpkgs", new NixVariable(node.Nixpkgs)));
    }

    private static NixAttribute Apply(string function, NixosNode node) =>
        new(node.Name, new NixCall(new NixVariable(function), new NixVariable("nodes")[node.Name]));

    private static IEnumerable<NixosNode> Ordered(IEnumerable<NixosNode> nodes) => nodes.OrderBy(static node => node.Name, StringComparer.Ordinal);
}
