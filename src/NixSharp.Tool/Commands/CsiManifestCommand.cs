using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.GitOps.Kubernetes;
using NixSharp.GitOps.Kubernetes.Csi;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp csi manifest</c></summary>
internal static class CsiManifestCommand
{
    private static readonly Option<string?> OptionsFile = new("--options") { Description = "A YAML file with options; what else is given here comes on top.", HelpName = "FILE" };
    private static readonly Option<string?> Image = new("--image") { Description = "An image with nixsharp.", HelpName = "IMAGE" };
    private static readonly Option<string?> OutputFolder = new("--output", "-o") { Description = "Write files and a kustomization.yaml into this folder, in place of one stream to standard output.", HelpName = "FOLDER" };
    private static readonly Option<string?> DriverName = new("--driver-name") { Description = "The driver's name, such as nixkube. Default: nix.csi.store.", HelpName = "NAME" };
    private static readonly Option<string?> Namespace = new("--namespace") { Description = "The namespace. Default: nixsharp.", HelpName = "NAME" };
    private static readonly Option<string[]> Substituter = Many("--substituter", "A binary cache that the driver takes paths from.", "URI");
    private static readonly Option<string[]> TrustedKey = Many("--trusted-public-key", "A key whose signatures the driver trusts.", "KEY");
    private static readonly Option<bool> StorePathsOnly = new("--store-paths-only") { Description = "Volumes may ask for store paths only." };
    private static readonly Option<bool> SignedOnly = new("--signed-only") { Description = "Every path of a volume has to be signed with a trusted key." };
    private static readonly Option<bool> ClusterCache = new("--cluster-cache") { Description = "Run a binary cache in the cluster, which drivers push to and take from." };
    private static readonly Option<string?> CacheUri = new("--cache") { Description = "A cache elsewhere that drivers push to.", HelpName = "URI" };
    private static readonly Option<string?> SigningKey = new("--signing-key-secret") { Description = "The secret whose 'secret-key' signs what is pushed.", HelpName = "NAME" };
    private static readonly Option<string[]> Builders = Many("--builders", "A set of builders in the cluster: their system, how many they are, and their image.", "SYSTEM=COUNT=IMAGE");

    public static Command Create()
    {
        var command = new Command("manifest", "Print all that a cluster needs to run the CSI driver.")
        {
            OptionsFile, Image, OutputFolder, DriverName, Namespace, Substituter, TrustedKey, StorePathsOnly, SignedOnly, ClusterCache, CacheUri, SigningKey, Builders,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var files = CsiManifest.Create(await ReadOptionsAsync(parsed, cancellationToken));
            if (parsed.GetValue(OutputFolder) is { } folder)
            {
                await ManifestFolder.WriteAsync(folder, files, cancellationToken);
                Output.Print(parsed, string.Join('\n', files.Select(file => Path.Combine(folder, file.Name))), () => new JArray(files.Select(file => Path.Combine(folder, file.Name))));
            }
            else
            {
                Console.Out.Write(KubernetesYaml.Write(files.Where(static file => file.Name != ManifestFolder.KustomizationFile).SelectMany(static file => file.Objects)));
            }
        });
        return command;
    }

    private static async Task<CsiManifestOptions> ReadOptionsAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = parsed.GetValue(OptionsFile) is { } file ? await CsiManifestOptions.ReadAsync(file, cancellationToken) : new CsiManifestOptions();
        return options with
        {
            Image = parsed.GetValue(Image) ?? options.Image,
            DriverName = parsed.GetValue(DriverName) ?? options.DriverName,
            Namespace = parsed.GetValue(Namespace) ?? options.Namespace,
            Substituters = [.. options.Substituters, .. parsed.GetValue(Substituter) ?? []],
            TrustedPublicKeys = [.. options.TrustedPublicKeys, .. parsed.GetValue(TrustedKey) ?? []],
            Policy = options.Policy with
            {
                StorePathsOnly = options.Policy.StorePathsOnly || parsed.GetValue(StorePathsOnly),
                SignedOnly = options.Policy.SignedOnly || parsed.GetValue(SignedOnly),
            },
            Cache = options.Cache ?? (parsed.GetValue(ClusterCache) ? new CsiCacheOptions() : null),
            CacheUri = parsed.GetValue(CacheUri) ?? options.CacheUri,
            SigningKeySecret = parsed.GetValue(SigningKey) ?? options.SigningKeySecret,
            Builders = [.. options.Builders, .. (parsed.GetValue(Builders) ?? []).Select(CsiBuilderOptions.Parse)],
        };
    }

    private static Option<string[]> Many(string name, string description, string value) =>
        new(name) { Description = $"{description} May be given several times.", HelpName = value };
}
