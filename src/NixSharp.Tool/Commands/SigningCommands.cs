using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Registries;
using NixSharp.SupplyChain;
using NixSharp.SupplyChain.Bills;
using NixSharp.SupplyChain.Signing;

namespace NixSharp.Tool.Commands;

/// <summary>The commands of <c>nixsharp image</c> that sign images, verify that, and list what is attached.</summary>
internal static class SigningCommands
{
    private static readonly Argument<string> Reference = new("reference") { Description = "The image in its registry." };

    private static readonly Option<string?> Type = new("--type")
    {
        Description = "The type of the predicate: cyclonedx, spdx, slsaprovenance1, or a URI.",
        HelpName = "TYPE",
    };

    private static readonly Option<string[]> Annotations = new("--annotation", "-a") { Description = "What is signed beside the digest. May be given several times.", HelpName = "NAME=VALUE" };

    public static Command CreateSign()
    {
        var key = new Option<string?>("--key") { Description = "The private key. Its password, if it has one, is taken from COSIGN_PASSWORD.", HelpName = "FILE", Required = true };
        var predicate = new Option<string?>("--predicate") { Description = "Sign this JSON document about the image instead, as cosign attest does.", HelpName = "FILE" };
        var registry = new RegistryOptionSet();
        var command = new Command("sign", "Sign an image in its registry, so that cosign verify --key accepts it.") { Reference, key, predicate, Type, Annotations };
        registry.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(predicate) is null != result.GetResult(Type) is null)
            {
                result.AddError("--predicate and --type go together.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = registry.CreateClient(parsed, parsed.GetRequiredValue(Reference));
            using var secret = (await SupplyChainCommands.ReadKeyAsync(parsed, key, cancellationToken))!;
            var signer = new CosignSigner(client, secret);
            var (image, _) = await client.ResolveSubjectAsync(cancellationToken);
            bool added;
            if (parsed.GetValue(predicate) is { } file)
            {
                var statement = InToto.Statement(PredicateType(parsed.GetValue(Type)!), image, await ImageDocuments.ReadPredicateAsync(file, cancellationToken));
                added = await signer.AttestAsync(statement, image, cancellationToken);
            }
            else
            {
                added = await signer.SignAsync(image, Claims(parsed), cancellationToken);
            }

            Output.Print(
                parsed,
                $"{image.Name}@{image.Digest}{(added ? "" : " was signed like this already")}",
                () => new JObject { ["image"] = image.Name, ["digest"] = image.Digest.ToString(), ["added"] = added });
        });
        return command;
    }

    public static Command CreateVerify()
    {
        var key = new Option<string>("--key") { Description = "The public key.", HelpName = "FILE", Required = true };
        var attestations = new Option<bool>("--attestations") { Description = "Verify signed documents about the image, and print them, instead of signatures." };
        var registry = new RegistryOptionSet();
        var command = new Command("verify", "Check that an image in its registry is signed with a key, and fail where it is not.") { Reference, key, attestations, Type, Annotations };
        registry.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = registry.CreateClient(parsed, parsed.GetRequiredValue(Reference));
            using var publicKey = await CosignPublicKey.ReadAsync(parsed.GetRequiredValue(key), cancellationToken);
            var verifier = new CosignVerifier(client, publicKey);
            var (image, _) = await client.ResolveSubjectAsync(cancellationToken);
            if (parsed.GetValue(attestations) || parsed.GetValue(Type) is not null)
            {
                var type = parsed.GetValue(Type) is { } name ? PredicateType(name) : null;
                var statements = await verifier.VerifyAttestationsAsync(image, type, cancellationToken);
                Output.Print(
                    parsed,
                    string.Join('\n', statements.Select(statement => $"{image.Name}@{image.Digest}: {statement.PredicateType}")),
                    () => new JArray(statements.Select(static statement => new JObject { ["predicateType"] = statement.PredicateType, ["predicate"] = statement.Predicate })));
                return;
            }

            var signatures = await verifier.VerifyAsync(image, Claims(parsed), cancellationToken);
            Output.Print(
                parsed,
                $"{image.Name}@{image.Digest} has {signatures.Count} {(signatures.Count == 1 ? "signature" : "signatures")} by {publicKey}",
                () => new JArray(signatures.Select(static signature => new JObject
                {
                    ["image"] = signature.Image.Name,
                    ["digest"] = signature.Image.Digest.ToString(),
                    ["annotations"] = new JObject(signature.Claims.Select(static claim => new JProperty(claim.Key, claim.Value))),
                })));
        });
        return command;
    }

    public static Command CreateReferrers()
    {
        var type = new Option<string?>("--artifact-type") { Description = "Only documents of this type, such as application/spdx+json.", HelpName = "TYPE" };
        var fetch = new Option<bool>("--fetch") { Description = "Print the document; there must be just one." };
        var registry = new RegistryOptionSet();
        var command = new Command("referrers", "List what is attached to an image in its registry, or fetch it.") { Reference, type, fetch };
        registry.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = registry.CreateClient(parsed, parsed.GetRequiredValue(Reference));
            var (image, _) = await client.ResolveSubjectAsync(cancellationToken);
            var referrers = new Referrers(client);
            if (parsed.GetValue(fetch))
            {
                var document = await referrers.FetchOnlyAsync(image.Digest, parsed.GetValue(type), cancellationToken);
                await using var output = Console.OpenStandardOutput();
                await output.WriteAsync(document, cancellationToken);
                return;
            }

            var found = await referrers.ListAsync(image.Digest, parsed.GetValue(type), cancellationToken);
            Output.Print(
                parsed,
                string.Join('\n', found.Select(static referrer => $"{referrer.Descriptor.Digest}  {referrer.ArtifactType}")),
                () => new JArray(found.Select(static referrer => new JObject
                {
                    ["digest"] = referrer.Descriptor.Digest.ToString(),
                    ["size"] = referrer.Descriptor.Size,
                    ["artifactType"] = referrer.ArtifactType,
                    ["annotations"] = new JObject(referrer.Annotations.Select(static pair => new JProperty(pair.Key, pair.Value))),
                })));
        });
        return command;
    }

    public static Command CreateKey()
    {
        var prefix = new Option<string>("--output", "-o") { Description = "Where the files go, without their extensions.", HelpName = "PREFIX", DefaultValueFactory = static _ => "cosign" };
        var command = new Command("generate-key", "Make a key pair that signs images, as cosign generate-key-pair does. A password in COSIGN_PASSWORD encrypts the private key.") { prefix };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var password = Environment.GetEnvironmentVariable("COSIGN_PASSWORD") is { Length: > 0 } text ? text : null;
            var (privateKey, publicKey) = await CosignKeyPair.WriteAsync(parsed.GetRequiredValue(prefix), password, cancellationToken);
            Output.Print(parsed, $"{privateKey}\n{publicKey}", () => new JObject { ["privateKey"] = privateKey, ["publicKey"] = publicKey });
        });
        return command;
    }

    private static string PredicateType(string name) => name switch
    {
        "cyclonedx" => CycloneDx.PredicateType,
        "spdx" or "spdxjson" => Spdx.PredicateType,
        "slsaprovenance1" => Provenance.PredicateType,
        _ => name,
    };

    private static Dictionary<string, string> Claims(ParseResult parsed) =>
        (parsed.GetValue(Annotations) ?? []).Select(static pair => pair.Split('=', 2))
            .GroupBy(static pair => pair[0])
            .ToDictionary(static group => group.Key, static group => group.Last().ElementAtOrDefault(1) ?? "");
}
