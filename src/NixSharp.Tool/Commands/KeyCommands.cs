using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.NarInfos;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp key ...</c></summary>
internal static class KeyCommands
{
    public static Command Create() => new("key", "Keys that sign what stores and caches have.")
    {
        CreateGenerate(),
        CreatePublic(),
    };

    private static Command CreateGenerate()
    {
        var name = new Argument<string>("name") { Description = "A name that says whose key it is and which one, such as cache.example.org-1." };
        var command = new Command("generate", "Make a secret key and print it, as nix key generate-secret does. Keep it in a file that only you can read.") { name };
        command.SetAction(parsed =>
        {
            var key = SecretKey.Generate(parsed.GetRequiredValue(name));
            Output.Print(parsed, key.Export(), () => new JObject { ["secretKey"] = key.Export(), ["publicKey"] = key.ToPublicKey().ToString() });
        });
        return command;
    }

    private static Command CreatePublic()
    {
        var command = new Command("public", "Read a secret key from standard input and print its public key, as nix key convert-secret-to-public does.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var key = SecretKey.Parse(await Console.In.ReadToEndAsync(cancellationToken)).ToPublicKey();
            Output.Print(parsed, key.ToString(), () => new JObject { ["publicKey"] = key.ToString() });
        });
        return command;
    }
}
