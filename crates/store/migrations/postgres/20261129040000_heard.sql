-- Mails are told apart like texts: what came in is no longer an account's alone.
ALTER TABLE heard_text DROP CONSTRAINT heard_text_org_id_connector_id_fkey;
